"""The mails of a registration: which there are, what they say, how they are sent."""

"""The forms of a registration: fields, checks, and the values that they bring in."""

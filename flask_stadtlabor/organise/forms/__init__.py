"""The forms of the back office."""

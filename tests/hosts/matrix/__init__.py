"""A module for each kind of host: one small real app, and the same walk through all of them."""

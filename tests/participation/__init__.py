"""Participation, through its pages."""

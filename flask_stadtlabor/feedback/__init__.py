"""Feedback on events that are over: a short survey without names, and what was answered."""

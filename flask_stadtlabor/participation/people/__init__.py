"""Participants: people who write, support and follow, by their account or a confirmed address."""

"""Participation: who takes part, projects, ideas, opinions, and what the city answers."""

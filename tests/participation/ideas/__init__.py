"""Ideas of projects."""

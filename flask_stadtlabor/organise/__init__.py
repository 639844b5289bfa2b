"""The back office: what the city's staff sees and does."""

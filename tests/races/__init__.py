"""Many people at once, and processes that die."""

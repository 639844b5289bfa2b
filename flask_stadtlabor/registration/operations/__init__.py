"""What changes a registration, under its lock; each flushes, and the caller commits."""

"""What changes ideas. Operations flush; the caller commits."""

"""What changes comments. Operations flush; the caller commits."""

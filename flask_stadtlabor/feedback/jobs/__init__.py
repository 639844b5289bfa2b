"""What happens by itself with feedback."""

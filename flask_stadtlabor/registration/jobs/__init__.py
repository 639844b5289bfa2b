"""What happens by itself as time goes by."""

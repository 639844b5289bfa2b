"""What happens by itself as time goes by, all rooms below together."""

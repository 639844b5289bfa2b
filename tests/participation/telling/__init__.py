"""What participants are told by mail."""

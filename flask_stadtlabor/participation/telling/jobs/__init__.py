"""What participants are told as time goes by."""

"""What follows from an official answer as time goes by."""

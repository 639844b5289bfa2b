"""What people answered, and what of it is in force."""

"""The exchange file, in and out."""

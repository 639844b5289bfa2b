"""Uploaded pictures: taken, shown, withdrawn."""

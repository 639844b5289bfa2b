"""Uploaded pictures: made smaller, stored, served, taken out again."""

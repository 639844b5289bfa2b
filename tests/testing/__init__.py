"""What a host checks our pages with, as a host uses it."""

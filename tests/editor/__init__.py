"""The editor of entries."""

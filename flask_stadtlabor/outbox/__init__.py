"""Outbox: mail written with the change it tells of, delivered after the commit, retried."""

"""Participation: what citizens write, support and discuss in projects."""

"""Keeps the host's own migrations from seeing our tables."""

from __future__ import annotations

from flask import Flask


def keep_out_of_host_migrations(app: Flask) -> None:
    """Stub; being written."""

"""Delivery; being written."""

from __future__ import annotations

from flask_sqlalchemy import SQLAlchemy


def deliver_after_commit(db: SQLAlchemy) -> None:
    """Stub; being written."""

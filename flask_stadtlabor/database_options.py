"""Refuses unsupported options of the host's database when the app starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_stadtlabor.config import ConfigurationError


def require_database(app: Flask, db: object) -> SQLAlchemy:
    """``db``, where it can hold our tables; raises :class:`~.config.ConfigurationError`."""
    if not isinstance(db, SQLAlchemy):
        raise ConfigurationError(
            f"Stadtlabor(db) was given a {type(db).__module__}.{type(db).__qualname__}; it works "
            "with the SQLAlchemy object of Flask-SQLAlchemy alone, which can stand beside yours."
        )
    binds = app.config.get("SQLALCHEMY_BINDS") or {}
    if binds and None not in binds and not app.config.get("SQLALCHEMY_DATABASE_URI"):
        raise ConfigurationError(
            "SQLALCHEMY_BINDS has no database for our tables, which belong to none of its keys; "
            "write SQLALCHEMY_DATABASE_URI, or a bind under the key None."
        )
    for options in _engine_options(app, db):
        # without transactions locks and rollbacks have no effect (S6, S17)
        if str(options.get("isolation_level")).upper() == "AUTOCOMMIT":
            raise ConfigurationError(
                "The engine's options set the isolation level AUTOCOMMIT, so that no lock holds "
                "and seats and the consent ledger come to harm; leave it out, or write "
                "READ COMMITTED."
            )
        # triggers and migrations are statements of our own, which no map translates
        if options.get("schema_translate_map"):
            raise ConfigurationError(
                "The engine's options translate schemas (schema_translate_map), which our triggers "
                "and migrations do not follow; leave it out, and let the database account's "
                "search_path name the schema."
            )
    return db


def _engine_options(app: Flask, db: SQLAlchemy) -> Iterator[Mapping[str, Any]]:
    """Wherever Flask-SQLAlchemy takes the options of its first engine from."""
    bind = (app.config.get("SQLALCHEMY_BINDS") or {}).get(None)
    sources = (
        db._engine_options,
        app.config.get("SQLALCHEMY_ENGINE_OPTIONS") or {},
        bind if isinstance(bind, dict) else {},
    )
    for options in sources:
        yield options
        yield options.get("execution_options") or {}

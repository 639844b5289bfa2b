"""Keeps the host's own migrations from seeing our tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy.sql.schema import SchemaItem

from flask_stadtlabor.migrations.tables import is_ours

IncludeObject = Callable[[SchemaItem, str | None, str, bool, SchemaItem | None], bool]


def keep_out_of_host_migrations(app: Flask) -> None:
    """Hide our tables from ``flask db migrate`` where Flask-Migrate is set up.

    An ``include_object`` that the host gave to Flask-Migrate is still asked about everything else.
    One that the host's ``env.py`` gives to Alembic itself must hide ``stadtlabor_*`` on its own.
    """
    arguments = _configure_args(app)
    if arguments is not None and not is_guarded(app):
        arguments["include_object"] = partial(_include, arguments.get("include_object"))


def is_guarded(app: Flask) -> bool:
    """False where Flask-Migrate is set up but was not there yet when we were."""
    arguments = _configure_args(app)
    if arguments is None:
        return True
    return getattr(arguments.get("include_object"), "func", None) is _include


def _configure_args(app: Flask) -> dict[str, Any] | None:
    config = app.extensions.get("migrate")
    arguments = getattr(config, "configure_args", None)
    return arguments if isinstance(arguments, dict) else None


def _include(
    host: IncludeObject | None,
    item: SchemaItem,
    name: str | None,
    kind: str,
    reflected: bool,
    other: SchemaItem | None,
) -> bool:
    return not is_ours(item, name) and (host is None or host(item, name, kind, reflected, other))

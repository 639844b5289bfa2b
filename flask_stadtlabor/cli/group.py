"""The group of all commands: how they write, and what they say of a database that fails."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from flask_stadtlabor.exceptions import OutOfService
from flask_stadtlabor.state import current, session


class StadtlaborGroup(AppGroup):
    """A group whose commands write UTF-8, and end with a sentence when the database fails.

    The exit code is 1 then.

    ``modules`` says where each command is, such as ``check:check_command`` below
    ``flask_stadtlabor.cli``. They are imported when they run: with Alembic they take ten megabytes
    that no web worker needs.
    """

    def __init__(self, *arguments: Any, modules: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(self._modules)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command ``name``; None where there is none."""
        if name not in self._modules:
            return None
        module, _, attribute = self._modules[name].partition(":")
        command: click.Command = getattr(import_module(f"flask_stadtlabor.cli.{module}"), attribute)
        return command

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        """Begin a command, or its help."""
        _write_utf8()
        return super().make_context(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; no traceback for a database that is away or has no tables."""
        try:
            return super().invoke(ctx)
        except OutOfService as reason:
            raise click.ClickException(str(reason)) from reason
        except (DBAPIError, PoolTimeoutError) as error:
            # the command's own app context is gone by now
            with ctx.ensure_object(ScriptInfo).load_app().app_context():
                raise click.ClickException(database_failure(error)) from error


def _write_utf8() -> None:
    """What goes into a file or a pipe is the same on each machine, whatever its terminal says.

    By the terminal's encoding a command would end in the middle of somebody's name.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=stream.errors)


def database_failure(error: SQLAlchemyError) -> str:
    """What is wrong with the database, and what to do; never its address with the password."""
    session().rollback()
    try:
        with current().db.engine.connect():
            pass
    except SQLAlchemyError as no_connection:
        url = current().db.engine.url.set(query={}).render_as_string(hide_password=True)
        return (
            f"The database {url} does not answer: {_first_line(no_connection)}. "
            "Start it, or correct SQLALCHEMY_DATABASE_URI."
        )
    return (
        f"The database refused: {_first_line(error)}. "
        "Run `flask stadtlabor db check`, which says what is missing."
    )


def _first_line(error: SQLAlchemyError) -> str:
    reason = getattr(error, "orig", None) or error
    # PyMySQL puts a number before the words
    words = reason.args[-1] if len(reason.args) == 2 else reason
    lines = str(words).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(reason).__name__

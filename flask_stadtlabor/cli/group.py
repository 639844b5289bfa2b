"""The group of all commands: what goes wrong with the database is told in a sentence."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from flask_stadtlabor.errors import OutOfService
from flask_stadtlabor.state import current, session


class StadtlaborGroup(AppGroup):
    """A group whose commands end with exit code 1 and a sentence when the database fails."""

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

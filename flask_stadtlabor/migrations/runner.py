"""Runs our migrations over the host's engine, and tells where the database differs from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from flask_stadtlabor import append_only
from flask_stadtlabor.database_failures import is_conflict
from flask_stadtlabor.migrations.tables import METADATA, OPTIONS
from flask_stadtlabor.state import current as state

LOCK_SECONDS = 60
_POSTGRESQL_LOCK = 0x57AD71AB
"""An arbitrary number, the same in all processes."""


class DatabaseIsBusy(Exception):
    """Another process has been using or changing the tables for longer than we wait."""

    def __init__(self) -> None:
        super().__init__(
            "Another process is using the tables, such as an upgrade or a portal that still runs; "
            "try again when it is done."
        )


class UnknownRevision(Exception):
    """The database was upgraded by a newer version of the package."""


def upgrade(revision: str = "head") -> None:
    """Bring our tables to ``revision``; two processes at once do it one after the other.

    Triggers that got lost are created again. Raises :class:`UnknownRevision` and
    :class:`DatabaseIsBusy`.
    """
    with _one_at_a_time(_engine()) as connection:
        _refuse_unknown(connection)
        command.upgrade(_config(connection), revision)
        if _found(connection) == latest() and append_only.missing(connection):
            for statement in append_only.create_statements(
                connection.dialect.name, append_only.ALL_TABLES
            ):
                connection.exec_driver_sql(statement)


def downgrade(revision: str) -> None:
    """Take our tables back to ``revision``; ``base`` removes them with all they hold.

    Raises :class:`UnknownRevision` and :class:`DatabaseIsBusy`.
    """
    with _one_at_a_time(_engine()) as connection:
        _refuse_unknown(connection)
        command.downgrade(_config(connection), revision)


def older() -> list[str]:
    """The revisions that the database has been through, the newest first."""
    found = current()
    if found not in _known():
        return []
    return [before.revision for before in _scripts().iterate_revisions(found, "base")][1:]


def current() -> str | None:
    """The revision of the database, or None where no migration was run."""
    with _engine().connect() as connection:
        return _found(connection)


def latest() -> str | None:
    """The newest revision of this version of the package."""
    return _scripts().get_current_head()


def problems() -> list[str]:
    """Where the database is not as this version of the package needs it, in sentences.

    A pending migration is told alone, because the rest would follow from it.
    """
    with _engine().connect() as connection:
        pending = _pending(_found(connection))
        if pending:
            return [pending]
        context = MigrationContext.configure(connection, opts=OPTIONS)
        found = _differences(compare_metadata(context, METADATA))
        return found + [
            f"The trigger {name} is missing, which keeps what was written once from being changed; "
            "run `flask stadtlabor db upgrade`, which creates it again."
            for name in append_only.missing(connection)
        ]


def _engine() -> Engine:
    return state().db.engine


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    # a percent sign in the path would be taken for a placeholder
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def _scripts() -> ScriptDirectory:
    """Our migrations; a command asks several times, and reading them takes longer than running."""
    return ScriptDirectory.from_config(_config())


def _found(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts=OPTIONS).get_current_revision()


def _known() -> set[str]:
    return {script.revision for script in _scripts().walk_revisions()}


def _pending(found: str | None) -> str | None:
    if found is None:
        return "The tables of Stadtlabor are not there yet; run `flask stadtlabor db upgrade`."
    if found not in _known():
        return str(_unknown(found))
    if found != latest():
        return (
            f"The tables of Stadtlabor are at revision {found}, and this version needs "
            f"{latest()}; run `flask stadtlabor db upgrade`."
        )
    return None


def _refuse_unknown(connection: Connection) -> None:
    found = _found(connection)
    if found is not None and found not in _known():
        raise _unknown(found)


def _unknown(found: str) -> UnknownRevision:
    return UnknownRevision(
        f"The tables of Stadtlabor are at revision {found}, which this version of "
        "flask_stadtlabor does not know; install the version that made it, or a newer one."
    )


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that no second migration gets at the same time.

    Raises :class:`DatabaseIsBusy` where a lock is not had within :data:`LOCK_SECONDS`.
    """
    try:
        with engine.connect() as connection, _ALONE[connection.dialect.name](connection):
            yield connection
    except OperationalError as error:
        if error.connection_invalidated or not is_conflict(error):
            raise
        raise DatabaseIsBusy from error


@contextmanager
def _postgresql_lock(connection: Connection) -> Iterator[None]:
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRESQL_LOCK})")
    yield
    connection.commit()


@contextmanager
def _sqlite_transaction(connection: Connection) -> Iterator[None]:
    """Python's driver opens no transaction for DDL; ours takes the write lock at once."""
    before = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}").close()
    raw: Any = connection.connection.dbapi_connection
    if raw.in_transaction:
        # a host that opens transactions itself has opened one that waits for no lock
        connection.exec_driver_sql("COMMIT")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
        connection.commit()
    finally:
        connection.rollback()
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {before}").close()


@contextmanager
def _mariadb_lock(connection: Connection) -> Iterator[None]:
    """MariaDB commits with every DDL statement, so that only a lock of the session holds.

    For a table that somebody reads it would wait for a day.
    """
    lock = "MD5(CONCAT(DATABASE(), ' stadtlabor migrations'))"
    if connection.exec_driver_sql(f"SELECT GET_LOCK({lock}, {LOCK_SECONDS})").scalar() != 1:
        raise DatabaseIsBusy
    connection.exec_driver_sql(f"SET SESSION lock_wait_timeout = {LOCK_SECONDS}")
    try:
        yield
        connection.commit()
    finally:
        connection.exec_driver_sql("SET SESSION lock_wait_timeout = DEFAULT")
        connection.exec_driver_sql(f"SELECT RELEASE_LOCK({lock})")


_ALONE = {
    "sqlite": _sqlite_transaction,
    "postgresql": _postgresql_lock,
    "mysql": _mariadb_lock,
    "mariadb": _mariadb_lock,
}
"""How each database lets one migration in at a time."""


def _differences(entries: list[Any]) -> list[str]:
    """Sentences for Alembic's differences; the indexes of a missing table go without saying."""
    absent = {entry[1].name for entry in entries if entry[0] == "add_table"}
    return [
        _sentence(entry)
        for entry in entries
        if not (entry[0] == "add_index" and entry[1].table.name in absent)
    ]


def _sentence(entry: Any) -> str:
    """One difference between the models and the database."""
    if isinstance(entry, list):  # changes to one column come together
        return " ".join(_sentence(part) for part in entry)
    kind, rest = entry[0], entry[1:]
    verb, _, what = kind.partition("_")
    names = _names(what, rest)
    if verb == "add":
        return f"The {what.replace('_', ' ')} {names} is missing."
    if verb == "remove":
        return f"The {what.replace('_', ' ')} {names} is there, but does not belong to Stadtlabor."
    return f"The column {rest[1]}.{rest[2]} has another {what} than this version needs."


def _names(what: str, rest: Sequence[Any]) -> str:
    if what == "column":
        return f"{rest[1]}.{rest[2].name}"
    item = rest[0]
    table = getattr(item, "table", None)
    return f"{item.name} of {table.name}" if table is not None else str(item.name)

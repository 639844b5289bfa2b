"""Databases as they were at each revision, kept as files and loaded into any engine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    DateTime,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.sql.ddl import sort_tables

from flask_stadtlabor.migrations import runner
from flask_stadtlabor.migrations.tables import PREFIX, VERSION_TABLE
from tests.host import Host

FOLDER = Path(__file__).parent / "data"
SINGLE_ROWS = (
    "stadtlabor_content_revision",
    "stadtlabor_consent_head",
    "stadtlabor_outbox_run",
)
"""Tables whose row comes with the migration."""

Rows = dict[str, list[dict[str, Any]]]
"""The rows of each table by the names of their columns."""


@dataclass(frozen=True)
class Frozen:
    """What somebody's database held when its revision was the newest."""

    revision: str
    now: datetime
    """What the clock said."""
    link: str
    """The path of a personal link that was mailed then."""
    name: str
    """Who can open it."""
    event: str
    """The slug of their event."""
    rows: Rows
    times: frozenset[str]
    documents: frozenset[str]
    """Columns that hold JSON, as ``table.column``."""

    @classmethod
    def read(cls, revision: str) -> Frozen:
        """The file of a revision."""
        kept = json.loads(file_of(revision).read_text("utf-8"))
        times = frozenset(kept["times"])
        readers = dict.fromkeys(times, datetime.fromisoformat) | dict.fromkeys(
            kept.get("days", ()), date.fromisoformat
        )
        return cls(
            revision=revision,
            now=datetime.fromisoformat(kept["now"]),
            link=kept["link"],
            name=kept["name"],
            event=kept["event"],
            rows={
                table: [
                    {
                        column: readers[f"{table}.{column}"](value)
                        if value is not None and f"{table}.{column}" in readers
                        else value
                        for column, value in row.items()
                    }
                    for row in rows
                ]
                for table, rows in kept["rows"].items()
            },
            times=times,
            documents=frozenset(kept["documents"]),
        )

    @property
    def columns(self) -> dict[str, set[str]]:
        """The columns of each table."""
        return {table: set(rows[0]) for table, rows in self.rows.items()}

    def fill(self, host: Host) -> None:
        """Make the tables of the revision in an empty database, and put the rows in."""
        with host.app.app_context():
            runner.upgrade(self.revision)
            with host.db.engine.begin() as connection:
                for name in SINGLE_ROWS:
                    connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - constants
                for table in sort_tables(reflected(connection).values()):
                    if table.name in self.rows:
                        connection.execute(table.insert(), self._bound(table))
                        _go_on_counting(connection, table)
        host.clock.now = self.now

    def _bound(self, table: Table) -> list[dict[str, Any]]:
        """The rows as this engine takes them: MariaDB's JSON is a text."""
        return [
            {
                column: json.dumps(value)
                if value is not None
                and f"{table.name}.{column}" in self.documents
                and not isinstance(table.c[column].type, JSON)
                else value
                for column, value in row.items()
            }
            for row in self.rows[table.name]
        ]

    def found(self, host: Host) -> Rows:
        """What the database holds now in the tables and columns of this file."""
        with host.app.app_context(), host.db.engine.connect() as connection:
            tables = readable(connection)
            return {name: self._found(connection, tables[name]) for name in self.rows}

    def _found(self, connection: Connection, table: Table) -> list[dict[str, Any]]:
        names = list(self.rows[table.name][0])
        columns = [table.c[name] for name in names]
        rows = connection.execute(select(*columns).order_by(*table.primary_key.columns))
        return [
            {
                name: json.loads(row[name])
                if row[name] is not None
                and f"{table.name}.{name}" in self.documents
                and not isinstance(table.c[name].type, JSON)
                else row[name]
                for name in names
            }
            for row in rows.mappings()
        ]


def file_of(revision: str) -> Path:
    """Where a revision's rows are kept."""
    return FOLDER / f"{revision}.json"


def freeze(host: Host, *, link: str, name: str, event: str) -> None:
    """Write down what an SQLite database holds, as the file of its revision."""
    with host.app.app_context(), host.db.engine.connect() as connection:
        revision = runner.current()
        assert revision is not None
        tables = sort_tables(reflected(connection).values())
        rows = {
            table.name: [
                dict(row)
                for row in connection.execute(
                    select(table).order_by(*table.primary_key.columns)
                ).mappings()
            ]
            for table in tables
        }
    kept = {
        "now": host.clock.now.isoformat(),
        "link": link,
        "name": name,
        "event": event,
        "times": _of_type(tables, DateTime),
        "days": _of_type(tables, Date),
        "documents": _of_type(tables, JSON),
        "rows": rows,
    }
    FOLDER.mkdir(exist_ok=True)
    written = json.dumps(kept, ensure_ascii=False, indent=1, default=_in_iso)
    file_of(revision).write_text(f"{written}\n", "utf-8")


def _in_iso(value: date) -> str:
    return value.isoformat()


def _of_type(tables: list[Table], wanted: type) -> list[str]:
    return sorted(
        f"{table.name}.{column.name}"
        for table in tables
        for column in table.columns
        if isinstance(column.type, wanted)
    )


def reflected(connection: Connection) -> dict[str, Table]:
    """Our tables by their names, as they are in the database."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: _is_ours(name))
    return dict(metadata.tables)


def readable(connection: Connection) -> dict[str, Table]:
    """The same without what is only needed to write; indexes and constraints take most time."""
    inspector = inspect(connection)
    keys = inspector.get_multi_pk_constraint()
    return {
        name: Table(
            name,
            MetaData(),
            *(Column(column["name"], column["type"]) for column in columns),
            PrimaryKeyConstraint(*keys[schema, name]["constrained_columns"]),
        )
        for (schema, name), columns in inspector.get_multi_columns().items()
        if _is_ours(name)
    }


def _is_ours(name: str) -> bool:
    return name.startswith(PREFIX) and name != VERSION_TABLE


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Advance PostgreSQL's sequences, which ignore rows that are inserted with their ids."""
    counted = table.autoincrement_column
    if connection.dialect.name == "postgresql" and counted is not None and counted.server_default:
        counter = func.pg_get_serial_sequence(table.name, counted.name)
        connection.execute(select(func.setval(counter, func.max(counted))))

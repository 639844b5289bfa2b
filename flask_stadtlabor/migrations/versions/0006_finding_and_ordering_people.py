"""People and events are found by folded words, and lists of people are in the order of a key.

The column is added alone and no table is built anew, so that SQLite keeps its triggers.

Revision: 0006
Follows: 0005
"""

import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

from flask_stadtlabor.folding import search_form, sort_key
from flask_stadtlabor.text import plain

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEY = (
    sa.String(255)
    .with_variant(postgresql.VARCHAR(255, collation="C"), "postgresql")
    .with_variant(mysql.VARCHAR(255, collation="utf8mb4_bin"), "mysql", "mariadb")
)
REGISTRATION = "stadtlabor_registration"
EVENT = "stadtlabor_event"
COLUMN = "sort_key"
INDEX = "ix_stadtlabor_registration_event_sort_key"
NAMES = ("given_name", "family_name", "guardian_name", "email", "reach")
TEXTS = ("title", "topic", "venue", "organisers", "programme", "summary", "description")
DOCUMENTS = frozenset({*TEXTS, "companions"})
BATCH = 500
"""Rows that are read and written at a time."""

Change = Callable[[Any], dict[str, str]]
"""Makes a row's new values."""


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    if not _has_column():
        op.add_column(
            REGISTRATION, sa.Column(COLUMN, KEY, nullable=False, server_default=sa.text("''"))
        )
    _change(REGISTRATION, (*NAMES, "companions"), _keys_of_person)
    _change(EVENT, ("search_text",), lambda row: {"search_text": search_form([row["search_text"]])})
    if not _has_index():
        op.create_index(INDEX, REGISTRATION, ["event_id", COLUMN])


def downgrade() -> None:
    """Remove the key, and make what is searched anew as the version before looks for it."""
    if _has_index():
        op.drop_index(INDEX, table_name=REGISTRATION)
    if _has_column():
        op.drop_column(REGISTRATION, COLUMN)
    _change(REGISTRATION, (*NAMES, "companions"), _words_of_person)
    series = _titles_of_series()
    _change(
        EVENT,
        ("series_id", *TEXTS),
        lambda row: _words_of_event(row, series.get(row["series_id"])),
    )


def _has_column() -> bool:
    columns = sa.inspect(op.get_bind()).get_columns(REGISTRATION)
    return COLUMN in {column["name"] for column in columns}


def _has_index() -> bool:
    indexes = sa.inspect(op.get_bind()).get_indexes(REGISTRATION)
    return INDEX in {index["name"] for index in indexes}


def _keys_of_person(row: Any) -> dict[str, str]:
    key = sort_key(row["family_name"], row["given_name"])
    return {"search_text": search_form(_parts(row)), COLUMN: key}


def _words_of_person(row: Any) -> dict[str, str]:
    """As the version before made them."""
    return {"search_text": _without_case(" ".join(_parts(row)))}


def _parts(row: Any) -> list[str]:
    given, family, guardian, email, reach = (row[name] or "" for name in NAMES)
    return [given, family, *(row["companions"] or ()), guardian, email, reach]


def _titles_of_series() -> dict[int, Any]:
    series = sa.table("stadtlabor_series", sa.column("id"), sa.column("title", JSON))
    return {row.id: row.title for row in op.get_bind().execute(sa.select(series))}


def _words_of_event(row: Any, series: Any) -> dict[str, str]:
    """As the version before made them."""
    venue = row["venue"] or {}
    lines = [
        row["title"], row["topic"], series,
        *(venue.get(name) for name in ("name", "street", "city")),
        *(organiser.get("name") for organiser in row["organisers"] or ()),
    ]  # fmt: skip
    for item in row["programme"] or ():
        lines += [item.get("title"), *item.get("speakers", ())]
    words = [text for line in lines for text in _texts(line)]
    for markdown in (row["summary"], row["description"]):
        words += map(plain, _texts(markdown))
    return {"search_text": _without_case("\n".join(dict.fromkeys(words)))}


def _texts(line: Any) -> list[str]:
    """A text in all its languages."""
    return list(line.values()) if isinstance(line, dict) else [line] if line else []


def _without_case(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _change(table_name: str, names: tuple[str, ...], change: Change) -> None:
    """Change every row, in batches by its number."""
    columns = (sa.column(name, JSON if name in DOCUMENTS else None) for name in names)
    table = sa.table(table_name, sa.column("id", sa.Integer), *columns)
    target = sa.table(table_name, *map(sa.column, ("id", "search_text", COLUMN)))
    statement = sa.update(target).where(target.c.id == sa.bindparam("number"))
    for rows in _batches(table):
        values = [{"number": row["id"], **change(row)} for row in rows]
        op.get_bind().execute(statement, values)


def _batches(table: sa.TableClause) -> Iterator[list[Any]]:
    last = 0
    while rows := (
        op.get_bind()
        .execute(sa.select(table).where(table.c.id > last).order_by(table.c.id).limit(BATCH))
        .mappings()
        .all()
    ):
        yield list(rows)
        last = rows[-1]["id"]

"""A project has phases, each with its window, and says what comes of what people write.

Columns are added alone and no table is built anew, so that SQLite keeps its triggers.

Revision: 0017
Follows: 0016
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

from flask_stadtlabor.folding import search_form
from flask_stadtlabor.text import plain

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
WORDS = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
PROJECT = "stadtlabor_project"
TEXTS = ("title", "summary", "description")
ONCE = sa.text("'1970-01-01 00:00:00'")
"""Where nothing tells a later time."""
_ROWS = sa.table(
    PROJECT,
    sa.column("id"),
    sa.column("timezone", sa.String(64)),
    sa.column("search_text", WORDS),
    *(sa.column(name, JSON) for name in TEXTS),
    sa.column("created_at", sa.DateTime()),
    sa.column("revised_at", sa.DateTime()),
)
_REVISION = sa.table("stadtlabor_content_revision", sa.column("changed_at", sa.DateTime()))


def _columns() -> Iterator[sa.Column[Any]]:
    empty_text, empty_list = sa.text("'{}'"), sa.text("'[]'")
    yield sa.Column("promise", JSON, nullable=False, server_default=empty_text)
    yield sa.Column("image", JSON)
    yield sa.Column("timezone", sa.String(64), nullable=False, server_default="Europe/Berlin")
    yield sa.Column("phases", JSON, nullable=False, server_default=empty_list)
    yield sa.Column("categories", JSON, nullable=False, server_default=empty_list)
    yield sa.Column("level", sa.String(20), nullable=False, server_default="confirmed_email")
    yield sa.Column("threshold", sa.Integer())
    yield sa.Column("sequence", sa.Integer(), nullable=False, server_default="0")
    yield sa.Column("created_at", sa.DateTime(), nullable=False, server_default=ONCE)
    yield sa.Column("revised_at", sa.DateTime(), nullable=False, server_default=ONCE)
    yield sa.Column("search_text", WORDS, nullable=False, server_default=sa.text("''"))


def upgrade() -> None:
    """Projects from before have no phases, and their events' time zone.

    Only what is not there is added: on MariaDB an upgrade that broke off leaves a part behind.
    """
    known = _known()
    for column in _columns():
        if column.name not in known:
            op.add_column(PROJECT, column)
    connection = op.get_bind()
    zone = connection.scalar(
        sa.text(
            "SELECT timezone FROM stadtlabor_event GROUP BY timezone"
            " ORDER BY count(*) DESC, timezone LIMIT 1"
        )
    )
    # nobody knows when each was written: not after the content changed last
    changed_at = connection.scalar(sa.select(_REVISION.c.changed_at))
    known_values = {"timezone": zone, "created_at": changed_at, "revised_at": changed_at}
    values = {name: value for name, value in known_values.items() if value is not None}
    if values:
        connection.execute(sa.update(_ROWS).values(values))
    texts = sa.select(_ROWS.c.id, *(_ROWS.c[name] for name in TEXTS))
    for number, *found in connection.execute(texts).all():
        is_it = _ROWS.c.id == number
        connection.execute(sa.update(_ROWS).where(is_it).values(search_text=_searched(found)))


def downgrade() -> None:
    """Remove them; the history keeps what projects said."""
    known = _known()
    for column in _columns():
        if column.name in known:
            op.drop_column(PROJECT, str(column.name))


def _searched(texts: list[Any]) -> str:
    said = [text if isinstance(text, dict) else {"*": text} for text in texts if text]
    return search_form(plain(words) for text in said for words in text.values())


def _known() -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(PROJECT)}

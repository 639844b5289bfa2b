"""A publication can be an uploaded picture; an event keeps how its survey was answered.

Indexes list what staff did with all events without reading what was said.

Revision: 0015
Follows: 0014
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
COLUMNS: dict[str, tuple[str, TypeEngine[Any]]] = {
    "stadtlabor_publication": ("picture", sa.String(64)),
    "stadtlabor_picture": ("withdrawn_key", sa.String(255)),
    "stadtlabor_event": ("feedback_numbers", JSON),
}
WHO = ("actor_key", "actor_name")
INDEXES = {
    "stadtlabor_event_revision": ("at", "id", "event_id", "step", *WHO),
    "stadtlabor_event_deed": ("at", "id", "event_id", "deed", *WHO),
    "stadtlabor_shared_revision": ("at", "id", "step", *WHO),
}


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    for table, (name, kind) in COLUMNS.items():
        if name not in _columns(table):
            op.add_column(table, sa.Column(name, kind))
    for table, columns in INDEXES.items():
        if f"ix_{table}_trail" not in _indexes(table):
            op.create_index(f"ix_{table}_trail", table, list(columns))


def downgrade() -> None:
    """As it was before."""
    for table in INDEXES:
        if f"ix_{table}_trail" in _indexes(table):
            op.drop_index(f"ix_{table}_trail", table_name=table)
    for table, (name, _) in COLUMNS.items():
        if name in _columns(table):
            op.drop_column(table, name)


def _columns(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}


def _indexes(table: str) -> set[str | None]:
    return {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}

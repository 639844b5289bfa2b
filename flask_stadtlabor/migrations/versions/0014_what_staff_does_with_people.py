"""Messages to groups of an event's people, and a trail of what staff does with them.

Indexes count and list those people without reading their rows.

Revision: 0014
Follows: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from flask_stadtlabor import append_only

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
DEED = "stadtlabor_event_deed"
MESSAGE = "stadtlabor_group_message"
REGISTRATION = "stadtlabor_registration"
INDEXES = {
    "ix_stadtlabor_registration_event_counts": ["event_id", "state", "party_size", "arrived"],
    "ix_stadtlabor_registration_event_list": ["event_id", "sort_key", "id", "state"],
}
INDEXES_OF_TABLES = (
    ("ix_stadtlabor_event_deed_event_id", DEED, "event_id"),
    ("ix_stadtlabor_group_message_event_id", MESSAGE, "event_id"),
    ("ix_stadtlabor_group_message_done_at", MESSAGE, "done_at"),
)
FORMER_INDEX = "ix_stadtlabor_registration_event_sort_key"


def upgrade() -> None:
    """Create what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    if not _is_there(DEED):
        op.create_table(
            DEED,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("event_id", sa.Integer(), nullable=False),
            sa.Column("at", sa.DateTime(), nullable=False),
            sa.Column("actor_key", sa.String(255), nullable=False),
            sa.Column("actor_name", sa.String(200), nullable=False),
            sa.Column("deed", sa.String(20), nullable=False),
            sa.Column("about", JSON, nullable=False),
            sa.ForeignKeyConstraint(
                ["event_id"], ["stadtlabor_event.id"], name="fk_stadtlabor_event_deed_event_id"
            ),
            sa.PrimaryKeyConstraint("id", name="pk_stadtlabor_event_deed"),
        )
    if not _is_there(MESSAGE):
        op.create_table(
            MESSAGE,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("event_id", sa.Integer(), nullable=False),
            sa.Column("texts", JSON, nullable=False),
            sa.Column("chosen", JSON, nullable=False),
            sa.Column("people", sa.Integer(), nullable=False),
            sa.Column("written", sa.Integer(), nullable=False),
            sa.Column("reached", sa.Integer(), nullable=False),
            sa.Column("last", sa.Integer(), nullable=False),
            sa.Column("created_at", sa.DateTime(), nullable=False),
            sa.Column("actor_key", sa.String(255), nullable=False),
            sa.Column("actor_name", sa.String(200), nullable=False),
            sa.Column("done_at", sa.DateTime(), nullable=True),
            sa.ForeignKeyConstraint(
                ["event_id"], ["stadtlabor_event.id"], name="fk_stadtlabor_group_message_event_id"
            ),
            sa.PrimaryKeyConstraint("id", name="pk_stadtlabor_group_message"),
        )
    for name, table, column in INDEXES_OF_TABLES:
        if name not in _indexes(table):
            op.create_index(name, table, [column])
    connection = op.get_bind()
    for statement in append_only.create_statements(connection.dialect.name, (DEED,)):
        connection.exec_driver_sql(statement)
    there = _indexes(REGISTRATION)
    for name, columns in INDEXES.items():
        if name not in there:
            op.create_index(name, REGISTRATION, columns)
    if FORMER_INDEX in there:
        op.drop_index(FORMER_INDEX, table_name=REGISTRATION)


def downgrade() -> None:
    """As it was before; the trigger of a table goes with it."""
    for table in (DEED, MESSAGE):
        if _is_there(table):
            op.drop_table(table)
    there = _indexes(REGISTRATION)
    if FORMER_INDEX not in there:
        op.create_index(FORMER_INDEX, REGISTRATION, ["event_id", "sort_key"])
    for name in INDEXES:
        if name in there:
            op.drop_index(name, table_name=REGISTRATION)


def _is_there(table: str) -> bool:
    return sa.inspect(op.get_bind()).has_table(table)


def _indexes(table: str) -> set[str | None]:
    return {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}

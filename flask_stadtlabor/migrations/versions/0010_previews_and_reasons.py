"""Links to the preview of an event, why one is off, and when a draft is published by itself.

Columns are added alone and no table is built anew, so that SQLite keeps its triggers.

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
SLUG = sa.String(120).with_variant(mysql.VARCHAR(120, collation="utf8mb4_bin"), "mysql", "mariadb")
LINKS, EVENTS = "stadtlabor_preview_link", "stadtlabor_event"
PLANS = "stadtlabor_planned_publishing"
TEXTS = ("off_reason", "alternative_date")
ALTERNATIVE = "alternative_event"


def upgrade() -> None:
    """Create what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    there = _columns()
    for name in TEXTS:
        if name not in there:
            says_nothing = sa.text("'{}'")
            column = sa.Column(name, JSON, nullable=False, server_default=says_nothing)
            op.add_column(EVENTS, column)
    if ALTERNATIVE not in there:
        op.add_column(EVENTS, sa.Column(ALTERNATIVE, SLUG))
    if not _has(LINKS):
        _create_links()
    if not _has(PLANS):
        _create_plans()


def downgrade() -> None:
    """Remove it; every link and every plan ends with its table."""
    for table in (PLANS, LINKS):
        if _has(table):
            op.drop_table(table)
    there = _columns()
    for name in (*TEXTS, ALTERNATIVE):
        if name in there:
            op.drop_column(EVENTS, name)


def _create_links() -> None:
    op.create_table(
        LINKS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("actor_key", sa.String(255), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["stadtlabor_event.id"],
            name="fk_stadtlabor_preview_link_event_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stadtlabor_preview_link"),
        sa.UniqueConstraint("token_hash", name="uq_stadtlabor_preview_link_token_hash"),
        sa.UniqueConstraint(
            "event_id", "number", name="uq_stadtlabor_preview_link_event_id_number"
        ),
    )


def _create_plans() -> None:
    op.create_table(
        PLANS,
        sa.Column("event_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("publish_at", sa.DateTime(), nullable=False),
        sa.Column("failed_at", sa.DateTime()),
        sa.Column("actor_key", sa.String(255), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["stadtlabor_event.id"],
            name="fk_stadtlabor_planned_publishing_event_id",
        ),
        sa.PrimaryKeyConstraint("event_id", name="pk_stadtlabor_planned_publishing"),
    )


def _columns() -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(EVENTS)}


def _has(table: str) -> bool:
    return sa.inspect(op.get_bind()).has_table(table)

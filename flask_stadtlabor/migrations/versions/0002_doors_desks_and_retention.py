"""Companions, support needs, tickets, drafts of consent texts, publications, retention.

Columns are added one by one and no table is built anew, so that SQLite keeps its triggers.

Revision: 0002
Follows: 0001
"""

import secrets
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
SLUG = sa.String(120).with_variant(mysql.VARCHAR(120, collation="utf8mb4_bin"), "mysql", "mariadb")
LONG = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
WORD = sa.String(20)
NAME = sa.String(200)
ENGINE: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_default_charset": "utf8mb4",
    "mariadb_engine": "InnoDB",
    "mariadb_default_charset": "utf8mb4",
}
TICKET_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
INDEXES = (
    ("ix_stadtlabor_registration_ticket_code", "stadtlabor_registration", "ticket_code", True),
    ("ix_stadtlabor_outbox_concerns", "stadtlabor_outbox", "concerns", False),
)
"""Name, table, column, and whether each value is there once."""


def _needed(name: str, type_: sa.types.TypeEngine[Any], default: str) -> sa.Column[Any]:
    """A column of a table with rows, which therefore needs a default."""
    return sa.Column(name, type_, nullable=False, server_default=sa.text(default))


def _columns() -> dict[str, list[sa.Column[Any]]]:
    false = "false" if op.get_bind().dialect.name == "postgresql" else "0"
    return {
        "stadtlabor_event": [
            _needed("smaller_parties_may_pass", sa.Boolean(), false),
            _needed("companion_names", WORD, "'no'"),
            _needed("ask_support", sa.Boolean(), false),
            sa.Column("support_retention_days", sa.Integer),
            _needed("reminder_hours", JSON, "'[24]'"),
            _needed("thank_you", sa.Boolean(), false),
            sa.Column("smallest_party_waiting", sa.Integer),
        ],
        "stadtlabor_registration": [
            sa.Column("reach", NAME),
            _needed("companions", JSON, "'[]'"),
            sa.Column("support_needs", LONG),
            _needed("source", WORD, "'web'"),
            _needed("ticket_code", sa.String(16), "''"),
            sa.Column("checked_in_at", sa.DateTime),
            sa.Column("checked_in_where", sa.String(100)),
            sa.Column("reminded_at", sa.DateTime),
            sa.Column("thanked_at", sa.DateTime),
            sa.Column("restricted_at", sa.DateTime),
            _needed("search_text", LONG, "''"),
        ],
        "stadtlabor_consent_text": [
            sa.Column("valid_days", sa.Integer),
            sa.Column("processing", JSON),
        ],
        "stadtlabor_outbox": [sa.Column("concerns", sa.String(32))],
        "stadtlabor_purpose": [_needed("asked_version", sa.Integer(), "1")],
        "stadtlabor_take_down_task": [sa.Column("done_by", NAME)],
    }


def _tables() -> dict[str, list[sa.schema.SchemaItem]]:
    """The new tables by their names, with fresh columns each time."""
    return {
        "stadtlabor_consent_draft": _consent_draft(),
        "stadtlabor_consent_expiry": _consent_expiry(),
        "stadtlabor_publication": _publication(),
        "stadtlabor_desk_notice": _desk_notice(),
        "stadtlabor_retention_report": _retention_report(),
    }


def _consent_draft() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("slug", SLUG, primary_key=True),
        sa.Column("mode", WORD, nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("text", JSON, nullable=False),
        sa.Column("controller", JSON),
        sa.Column("valid_days", sa.Integer),
        sa.Column("processing", JSON),
        sa.Column("editorial", sa.Boolean, nullable=False),
        sa.Column("edited_at", sa.DateTime, nullable=False),
        sa.Column("edited_by", NAME, nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_stadtlabor_consent_draft"),
    ]


def _consent_expiry() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_stadtlabor_consent_expiry"),
        sa.Index("ix_stadtlabor_consent_expiry_expires_at", "expires_at"),
    ]


def _publication() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("context", sa.String(64), nullable=False),
        sa.Column("purpose", SLUG, nullable=False),
        sa.Column("place", LONG, nullable=False),
        sa.Column("published_at", sa.DateTime, nullable=False),
        sa.Column("recorded_by", NAME, nullable=False),
        sa.Column("taken_down_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_stadtlabor_publication"),
        sa.Index("ix_stadtlabor_publication_context", "context"),
    ]


def _desk_notice() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("registration_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("done_at", sa.DateTime),
        sa.Column("done_by", NAME),
        sa.PrimaryKeyConstraint("id", name="pk_stadtlabor_desk_notice"),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["stadtlabor_registration.id"],
            name="fk_stadtlabor_desk_notice_registration_id",
            ondelete="CASCADE",
        ),
        sa.Index("ix_stadtlabor_desk_notice_registration_id", "registration_id"),
    ]


def _retention_report() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ran_at", sa.DateTime, nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stadtlabor_retention_report"),
    ]


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    inspector = sa.inspect(op.get_bind())
    there = set(inspector.get_table_names())
    for table, columns in _columns().items():
        known = {column["name"] for column in inspector.get_columns(table)}
        for column in columns:
            if column.name not in known:
                op.add_column(table, column)
    for table, items in _tables().items():
        if table not in there:
            op.create_table(table, *items, **ENGINE)
    _complete_registrations()
    _find_smallest_parties()
    for name, table, column_name, unique in INDEXES:
        if name not in {index["name"] for index in inspector.get_indexes(table)}:
            op.create_index(name, table, [column_name], unique=unique)


def _complete_registrations() -> None:
    """Registrations from before get a code each, and people a ticket and can be searched for."""
    connection = op.get_bind()
    parts = ("given_name", "family_name", "guardian_name", "email")
    names = ("id", "ticket_code", "search_text", *parts)
    table = sa.table("stadtlabor_registration", *map(sa.column, names))
    before = connection.execute(sa.select(table).where(table.c.ticket_code == "")).all()
    for row in before:
        code = "".join(secrets.choice(TICKET_SIGNS) for _ in range(10))
        words = " ".join(getattr(row, part) or "" for part in parts)
        found_by = unicodedata.normalize("NFC", words).casefold()
        connection.execute(
            table.update()
            .where(table.c.id == row.id)
            .values(ticket_code=code, search_text=found_by)
        )


def _find_smallest_parties() -> None:
    """Events from before learn how small the smallest party is that waits for them."""
    event = sa.table(
        "stadtlabor_event", sa.column("id"), sa.column("smallest_party_waiting", sa.Integer)
    )
    waiting = sa.table(
        "stadtlabor_registration",
        sa.column("event_id"),
        sa.column("state"),
        sa.column("party_size", sa.Integer),
    )
    smallest = sa.select(sa.func.min(waiting.c.party_size)).where(
        waiting.c.event_id == event.c.id, waiting.c.state == "waiting"
    )
    op.get_bind().execute(event.update().values(smallest_party_waiting=smallest.scalar_subquery()))


def downgrade() -> None:
    """Remove what was added, with everything in it, and what is left of it after a failure."""
    inspector = sa.inspect(op.get_bind())
    there = set(inspector.get_table_names())
    for name, table_name, *_ in INDEXES:
        if name in {index["name"] for index in inspector.get_indexes(table_name)}:
            op.drop_index(name, table_name=table_name)
    for table in reversed(_tables()):
        if table in there:
            op.drop_table(table)
    for table, columns in _columns().items():
        known = {column["name"] for column in inspector.get_columns(table)}
        for column in columns:
            if column.name in known:
                op.drop_column(table, str(column.name))

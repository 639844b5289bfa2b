"""The first tables: events, consent, registrations and the outbox.

Revision: 0001
Follows: nothing
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

from flask_stadtlabor import append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The tables as they were then, told apart from the models, which go on.
METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
SLUG = sa.String(120).with_variant(mysql.VARCHAR(120, collation="utf8mb4_bin"), "mysql", "mariadb")
LONG = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
HASH = sa.String(64)
WORD = sa.String(20)


def _table(name: str, *items: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(
        f"stadtlabor_{name}",
        METADATA,
        *items,
        mysql_engine="InnoDB",
        mysql_default_charset="utf8mb4",
        mariadb_engine="InnoDB",
        mariadb_default_charset="utf8mb4",
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def _single_id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)


def _needed(
    name: str, type_: sa.types.TypeEngine[Any], *items: sa.ForeignKey, **options: Any
) -> sa.Column[Any]:
    return sa.Column(name, type_, *items, nullable=False, **options)


CONTENT_REVISION = _table(
    "content_revision",
    _single_id(),
    _needed("number", sa.Integer()),
    sa.Column("changed_at", sa.DateTime),
)

_table(
    "series",
    _id(),
    _needed("slug", SLUG, unique=True),
    _needed("title", JSON),
    _needed("summary", JSON),
    _needed("description", JSON),
    _needed("funding", JSON),
    sa.Column("url", sa.Text),
)

_table(
    "project",
    _id(),
    _needed("slug", SLUG, unique=True),
    _needed("title", JSON),
    _needed("summary", JSON),
    _needed("description", JSON),
    _needed("status", JSON),
    sa.Column("url", sa.Text),
)

_table(
    "event",
    _id(),
    _needed("uid", sa.String(36), unique=True),
    _needed("slug", SLUG, unique=True),
    sa.Column("series_id", sa.Integer, sa.ForeignKey("stadtlabor_series.id"), index=True),
    _needed("status", WORD),
    _needed("title", JSON),
    _needed("topic", JSON),
    _needed("summary", JSON),
    _needed("description", JSON),
    _needed("easy_language", JSON),
    sa.Column("sign_language_url", sa.Text),
    _needed("languages", JSON),
    _needed("starts_at", sa.DateTime()),
    _needed("ends_at", sa.DateTime(), index=True),
    sa.Column("doors_at", sa.DateTime),
    sa.Column("previous_starts_at", sa.DateTime),
    _needed("timezone", sa.String(64)),
    sa.Column("venue", JSON),
    _needed("organisers", JSON),
    sa.Column("contact", JSON),
    sa.Column("image", JSON),
    _needed("programme", JSON),
    _needed("purposes", JSON),
    sa.Column("retention_days", sa.Integer),
    _needed("takes_registrations", sa.Boolean()),
    sa.Column("opens_at", sa.DateTime),
    sa.Column("closes_at", sa.DateTime),
    sa.Column("capacity", sa.Integer),
    _needed("waiting_list", sa.Boolean()),
    _needed("max_party_size", sa.Integer()),
    _needed("confirm_by_email", sa.Boolean()),
    _needed("ask_age", sa.Boolean()),
    _needed("questions", JSON),
    _needed("seats_taken", sa.Integer()),
    _needed("parties_waiting", sa.Integer()),
    _needed("last_queue_number", sa.Integer()),
    _needed("sequence", sa.Integer()),
    _needed("created_at", sa.DateTime()),
    _needed("revised_at", sa.DateTime()),
    _needed("search_text", LONG),
    sa.CheckConstraint("seats_taken >= 0", "seats_not_negative"),
    sa.CheckConstraint("capacity IS NULL OR seats_taken <= capacity", "seats_within_capacity"),
    sa.CheckConstraint("parties_waiting >= 0", "waiting_not_negative"),
    sa.CheckConstraint("ends_at >= starts_at", "ends_after_start"),
    sa.Index("ix_stadtlabor_event_starts_at_id", "starts_at", "id"),
)

_table(
    "event_project",
    sa.Column(
        "event_id",
        sa.Integer,
        sa.ForeignKey("stadtlabor_event.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column(
        "project_id",
        sa.Integer,
        sa.ForeignKey("stadtlabor_project.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    _needed("position", sa.Integer()),
)

_table(
    "purpose",
    _id(),
    _needed("slug", SLUG, unique=True),
    _needed("mode", WORD),
    _needed("version", sa.Integer()),
)

_table(
    "consent_text",
    _id(),
    _needed("purpose_id", sa.Integer(), sa.ForeignKey("stadtlabor_purpose.id")),
    _needed("version", sa.Integer()),
    _needed("language", WORD),
    _needed("mode", WORD),
    _needed("title", JSON),
    _needed("body", LONG),
    _needed("sha256", HASH),
    sa.Column("controller", JSON),
    _needed("material", sa.Boolean()),
    _needed("published_at", sa.DateTime()),
    _needed("published_by", sa.String(200)),
    sa.UniqueConstraint("purpose_id", "version", "language"),
)

_table(
    "consent_subject",
    sa.Column("reference", sa.String(32), primary_key=True),
    _needed("context", HASH, index=True),
    sa.Column("confirmed_at", sa.DateTime),
)

_table(
    "consent_entry",
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    _needed("subject", sa.String(32)),
    _needed("purpose", SLUG),
    _needed("text_version", sa.Integer()),
    _needed("text_sha256", HASH),
    _needed("language", WORD),
    _needed("event", WORD),
    _needed("at", sa.DateTime()),
    _needed("actor", WORD),
    _needed("method", WORD),
    _needed("previous_hash", HASH),
    _needed("hash", HASH),
    _needed("key_id", sa.String(40)),
    sa.Index("ix_stadtlabor_consent_entry_subject_purpose_seq", "subject", "purpose", "seq"),
)

CONSENT_HEAD = _table(
    "consent_head",
    _single_id(),
    _needed("seq", sa.Integer()),
    _needed("hash", HASH),
    _needed("seal", HASH),
    _needed("key_id", sa.String(40)),
)

_table(
    "take_down_task",
    _id(),
    _needed("subject", sa.String(32), index=True),
    _needed("purpose", SLUG),
    _needed("created_at", sa.DateTime()),
    sa.Column("done_at", sa.DateTime),
)

_table(
    "registration",
    _id(),
    _needed("event_id", sa.Integer(), sa.ForeignKey("stadtlabor_event.id")),
    _needed("state", WORD),
    _needed("given_name", sa.String(200)),
    _needed("family_name", sa.String(200)),
    sa.Column("email", sa.String(320)),
    sa.Column("active_key", HASH, unique=True),
    _needed("party_size", sa.Integer()),
    _needed("language", WORD),
    _needed("answers", JSON),
    sa.Column("is_under_age", sa.Boolean),
    sa.Column("guardian_name", sa.String(200)),
    _needed("subject", sa.String(32), unique=True),
    sa.Column("privacy_shown", LONG),
    _needed("created_at", sa.DateTime()),
    sa.Column("expires_at", sa.DateTime),
    sa.Column("confirmed_at", sa.DateTime),
    sa.Column("cancelled_at", sa.DateTime),
    sa.Column("queue_number", sa.Integer),
    sa.CheckConstraint("party_size >= 1", "party_size_positive"),
    sa.Index("ix_stadtlabor_registration_event_state", "event_id", "state", "queue_number"),
    sa.Index("ix_stadtlabor_registration_state_expires", "state", "expires_at"),
)

_table(
    "access_token",
    sa.Column("token_hash", HASH, primary_key=True),
    sa.Column(
        "registration_id",
        sa.Integer,
        sa.ForeignKey("stadtlabor_registration.id", ondelete="SET NULL"),
        index=True,
    ),
    _needed("subject", sa.String(32), index=True),
    _needed("created_at", sa.DateTime()),
    _needed("expires_at", sa.DateTime()),
)

_table(
    "outbox",
    _id(),
    _needed("message_id", sa.String(255), unique=True),
    _needed("kind", sa.String(40)),
    _needed("state", WORD),
    sa.Column("recipient", sa.String(320)),
    sa.Column("message", LONG),
    _needed("attempts", sa.Integer()),
    _needed("created_at", sa.DateTime()),
    _needed("next_attempt_at", sa.DateTime()),
    sa.Column("claimed_until", sa.DateTime),
    sa.Column("sent_at", sa.DateTime),
    sa.Column("last_error", sa.Text),
    sa.Index("ix_stadtlabor_outbox_state_next_attempt_at", "state", "next_attempt_at"),
)

OUTBOX_RUN = _table(
    "outbox_run",
    _single_id(),
    sa.Column("finished_at", sa.DateTime),
)

FIRST_ROWS: tuple[tuple[sa.Table, dict[str, Any]], ...] = (
    (CONTENT_REVISION, {"number": 0}),
    (CONSENT_HEAD, {"seq": 0, "hash": "0" * 64, "seal": "", "key_id": ""}),
    (OUTBOX_RUN, {}),
)


def upgrade() -> None:
    """Create what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    connection = op.get_bind()
    METADATA.create_all(connection)
    for table, values in FIRST_ROWS:
        if connection.execute(sa.select(table.c.id)).first() is None:
            connection.execute(table.insert().values(id=1, **values))
    for statement in append_only.create_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Remove all tables, with everything in them."""
    connection = op.get_bind()
    METADATA.drop_all(connection)
    if connection.dialect.name == "postgresql":
        # the triggers went with their tables, their function stays
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS stadtlabor_refuse_change()")

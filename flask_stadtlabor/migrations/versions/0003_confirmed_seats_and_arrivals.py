"""What keeps seats, consent and mail right under attack and under odd orders of events.

Columns are added one by one and no table is built anew, so that SQLite keeps its triggers.

Revision: 0003
Follows: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

from flask_stadtlabor.addresses import address_key
from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.ledger.text_proof import published_texts
from flask_stadtlabor.state import now, settings

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
HASH = sa.String(64)
LONG = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
ENGINE: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_default_charset": "utf8mb4",
    "mariadb_engine": "InnoDB",
    "mariadb_default_charset": "utf8mb4",
}
INDEXES: tuple[tuple[str, str, str, bool], ...] = (
    ("ix_stadtlabor_outbox_address_key", "stadtlabor_outbox", "address_key", False),
    ("ix_stadtlabor_registration_address_key", "stadtlabor_registration", "address_key", False),
)
"""Name, table, column, and whether each value is there once."""


def _needed(name: str, type_: sa.types.TypeEngine[Any], default: str) -> sa.Column[Any]:
    """A column of a table with rows, which therefore needs a default."""
    return sa.Column(name, type_, nullable=False, server_default=sa.text(default))


def _columns() -> dict[str, list[sa.Column[Any]]]:
    """The new columns by their tables, fresh each time."""
    return {
        "stadtlabor_event": [
            _needed("seats_unnamed", sa.Integer(), "0"),
            _needed("seats_confirmed", sa.Integer(), "0"),
        ],
        "stadtlabor_consent_subject": [
            _needed("entries", sa.Integer(), "0"),
            _needed("last_seq", sa.Integer(), "0"),
        ],
        "stadtlabor_consent_head": [
            _needed("confirmations_after", sa.Integer(), "0"),
            _needed("confirmations_seal", HASH, "''"),
            sa.Column("mailed_at", sa.DateTime),
            _needed("mailed_seq", sa.Integer(), "0"),
        ],
        "stadtlabor_outbox": [
            sa.Column("address_key", sa.String(64)),
            sa.Column("tells", JSON),
        ],
        "stadtlabor_registration": [
            sa.Column("address_key", sa.String(64)),
            _needed("arrived", sa.Integer(), "0"),
            _needed("consents_asked", sa.Integer(), "0"),
        ],
        "stadtlabor_access_token": [_needed("closings", sa.Integer(), "0")],
    }


def _tables() -> dict[str, list[sa.schema.SchemaItem]]:
    """The new tables by their names, with fresh columns each time."""
    return {
        "stadtlabor_later_form": [
            sa.Column(
                "registration_id",
                sa.Integer,
                sa.ForeignKey("stadtlabor_registration.id", ondelete="CASCADE"),
                primary_key=True,
                autoincrement=False,
            ),
            sa.Column("sent_at", sa.DateTime, nullable=False),
            sa.Column("said", JSON, nullable=False),
        ],
        "stadtlabor_consent_text_seal": [
            sa.Column("text_id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("seal", HASH, nullable=False),
            sa.PrimaryKeyConstraint("text_id", name="pk_stadtlabor_consent_text_seal"),
        ],
    }


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
    _find_addresses("stadtlabor_outbox", "recipient")
    _find_addresses("stadtlabor_registration", "email")
    _count_confirmed_seats()
    for name, table, column_name, unique in INDEXES:
        if name not in {index["name"] for index in inspector.get_indexes(table)}:
            op.create_index(name, table, [column_name], unique=unique)
    _count_arrivals()
    _count_seats()
    _count_entries()
    _seal_texts()
    _seal_the_beginning()


def _count_arrivals() -> None:
    """Whoever was let in came with the whole party, as far as anybody knew."""
    registration = sa.table(
        "stadtlabor_registration",
        sa.column("arrived", sa.Integer),
        sa.column("party_size", sa.Integer),
        sa.column("checked_in_at", sa.DateTime),
    )
    was_let_in = registration.c.checked_in_at.is_not(None)
    op.execute(
        sa.update(registration)
        .where(was_let_in, registration.c.arrived == 0)
        .values(arrived=registration.c.party_size)
    )


def _count_seats() -> None:
    """Seats of which retention deleted who had them; an event that is yet to come has none."""
    event = sa.table(
        "stadtlabor_event",
        sa.column("id", sa.Integer),
        sa.column("starts_at", sa.DateTime),
        sa.column("seats_taken", sa.Integer),
        sa.column("seats_unnamed", sa.Integer),
        sa.column("seats_confirmed", sa.Integer),
    )
    registration = sa.table(
        "stadtlabor_registration",
        sa.column("event_id", sa.Integer),
        sa.column("state", sa.String),
        sa.column("party_size", sa.Integer),
    )
    named = (
        sa.select(sa.func.coalesce(sa.func.sum(registration.c.party_size), 0))
        .where(
            registration.c.event_id == event.c.id,
            registration.c.state.in_(["held", "offered", "confirmed"]),
        )
        .scalar_subquery()
    )
    is_ahead = event.c.starts_at > now().replace(tzinfo=None)
    op.execute(sa.update(event).where(is_ahead).values(seats_taken=named))
    op.execute(
        sa.update(event)
        .where(event.c.seats_taken > named)
        .values(seats_unnamed=event.c.seats_taken - named)
    )
    op.execute(
        sa.update(event)
        .where(event.c.seats_unnamed > 0)
        .values(seats_confirmed=event.c.seats_confirmed + event.c.seats_unnamed)
    )


def _count_entries() -> None:
    """From now on each row about a person says how many entries the ledger must have."""
    for table, key, values in (
        (
            "stadtlabor_consent_subject",
            "reference",
            {"entries": "count(*)", "last_seq": "coalesce(max(seq), 0)"},
        ),
        ("stadtlabor_registration", "subject", {"consents_asked": "count(DISTINCT purpose)"}),
    ):
        asked = " AND event = 'requested'" if "consents_asked" in values else ""
        changes = ", ".join(
            f"{column} = (SELECT {found} FROM stadtlabor_consent_entry"  # noqa: S608 - constants
            f" WHERE stadtlabor_consent_entry.subject = {table}.{key}{asked})"
            for column, found in values.items()
        )
        op.execute(f"UPDATE {table} SET {changes}")  # noqa: S608 - constants only


def _seal_texts() -> None:
    """Seal every text that has none yet, as it is now."""
    connection = op.get_bind()
    seals = sa.table("stadtlabor_consent_text_seal", sa.column("text_id"), sa.column("seal"))
    missing = [
        {"text_id": text.id, "seal": chain.text_seal(chain.ledger_key(), text.sha256, text.claim)}
        for text in published_texts(connection)
        if text.seal is None
    ]
    if missing:
        connection.execute(seals.insert(), missing)


def _seal_the_beginning() -> None:
    """Seal an empty ledger, and from where on each confirmation is an entry."""
    connection = op.get_bind()
    names = ("id", "seq", "hash", "seal", "key_id", "confirmations_after", "confirmations_seal")
    head = sa.table("stadtlabor_consent_head", *(sa.column(name) for name in names))
    found = connection.execute(sa.select(head.c.seq, head.c.hash, head.c.seal)).one_or_none()
    if found is None:
        return
    key = chain.ledger_key()
    values = {
        "confirmations_after": found.seq,
        "confirmations_seal": chain.beginning_seal(key, found.seq),
    }
    if (found.seq, found.hash, found.seal) == (0, chain.ZEROS, "") and not _was_used():
        seal = chain.head_seal(key, 0, chain.ZEROS)
        values |= {"seal": seal, "key_id": settings().ledger_key_id}
    connection.execute(head.update().values(values))


def _was_used() -> bool:
    """Whether anything shows that the ledger had an entry; then it stays unsealed, and a fault."""
    return any(
        op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {rows}"))  # noqa: S608 - constants
        for rows in (
            "stadtlabor_consent_entry",
            "stadtlabor_consent_expiry",
            "stadtlabor_take_down_task",
            "stadtlabor_access_token WHERE registration_id IS NULL",
        )
    )


def _find_addresses(table_name: str, column_name: str) -> None:
    """Rows from before are found by their address, too."""
    names = ("id", "address_key", column_name)
    table = sa.table(table_name, *map(sa.column, names))
    connection = op.get_bind()
    address = table.c[column_name]
    for row in connection.execute(
        sa.select(table.c.id, address).where(address.is_not(None), table.c.address_key.is_(None))
    ).all():
        connection.execute(
            table.update()
            .where(table.c.id == row.id)
            .values(address_key=address_key(getattr(row, column_name)))
        )


def _count_confirmed_seats() -> None:
    """Events from before learn how many of their seats are confirmed."""
    event = sa.table("stadtlabor_event", sa.column("id"), sa.column("seats_confirmed", sa.Integer))
    registration = sa.table(
        "stadtlabor_registration",
        sa.column("event_id"),
        sa.column("state"),
        sa.column("party_size", sa.Integer),
    )
    confirmed = sa.select(sa.func.coalesce(sa.func.sum(registration.c.party_size), 0)).where(
        registration.c.event_id == event.c.id, registration.c.state == "confirmed"
    )
    op.get_bind().execute(event.update().values(seats_confirmed=confirmed.scalar_subquery()))


def downgrade() -> None:
    """Remove what was added, with everything in it, and what is left of it after a failure."""
    # the version before knows an empty ledger by its having no seal
    op.execute("UPDATE stadtlabor_consent_head SET seal = '' WHERE seq = 0")
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

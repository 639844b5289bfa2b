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

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
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
        "stadtlabor_outbox": [
            sa.Column("address_key", sa.String(64)),
            sa.Column("tells", JSON),
        ],
        "stadtlabor_registration": [sa.Column("address_key", sa.String(64))],
    }


def _tables() -> dict[str, list[sa.schema.SchemaItem]]:
    """The new tables by their names, with fresh columns each time."""
    return {}


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
    for name, table, column_name, unique in INDEXES:
        if name not in {index["name"] for index in inspector.get_indexes(table)}:
            op.create_index(name, table, [column_name], unique=unique)


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

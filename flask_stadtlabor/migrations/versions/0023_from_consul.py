"""What came from CONSUL is remembered, so that it comes once.

Revision: 0023
Follows: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

RECORD = "stadtlabor_consul_record"
SOURCE = sa.String(150).with_variant(
    mysql.VARCHAR(150, collation="utf8mb4_bin"), "mysql", "mariadb"
)

SLUG = sa.String(120).with_variant(mysql.VARCHAR(120, collation="utf8mb4_bin"), "mysql", "mariadb")


def upgrade() -> None:
    """Add the table, unless an upgrade that broke off has left it behind."""
    if _is_there():
        return
    op.create_table(
        RECORD,
        sa.Column("source", SOURCE, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("consul_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer()),
        sa.Column("slug", SLUG),
        sa.PrimaryKeyConstraint("source", "kind", "consul_id", name=f"pk_{RECORD}"),
    )


def downgrade() -> None:
    """Forget what came from where; what came stays."""
    if _is_there():
        op.drop_table(RECORD)


def _is_there() -> bool:
    return sa.inspect(op.get_bind()).has_table(RECORD)

"""A door without a network tells of its arrivals later, and each counts once.

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = "stadtlabor_offline_arrival"


def upgrade() -> None:
    """Create what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    if not _is_there():
        op.create_table(
            TABLE,
            sa.Column("registration_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("key", sa.String(32), nullable=False),
            sa.ForeignKeyConstraint(
                ["registration_id"],
                ["stadtlabor_registration.id"],
                name="fk_stadtlabor_offline_arrival_registration_id",
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint("registration_id", "key", name="pk_stadtlabor_offline_arrival"),
        )


def downgrade() -> None:
    """Remove the table; the arrivals themselves stay."""
    if _is_there():
        op.drop_table(TABLE)


def _is_there() -> bool:
    return sa.inspect(op.get_bind()).has_table(TABLE)

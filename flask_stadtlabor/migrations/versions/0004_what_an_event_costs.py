"""What an event costs, in words, where it says so.

The column is added alone and no table is built anew, so that SQLite keeps its triggers.

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TABLE = "stadtlabor_event"
COLUMN = "price"


def _is_there() -> bool:
    """On MariaDB an upgrade or a downgrade that broke off leaves a part behind."""
    columns = sa.inspect(op.get_bind()).get_columns(TABLE)
    return COLUMN in {column["name"] for column in columns}


def upgrade() -> None:
    """Events from before say nothing of a price."""
    if not _is_there():
        says_nothing = sa.text("'{}'")
        op.add_column(TABLE, sa.Column(COLUMN, JSON, nullable=False, server_default=says_nothing))


def downgrade() -> None:
    """Remove it, with what events say of their price."""
    if _is_there():
        op.drop_column(TABLE, COLUMN)

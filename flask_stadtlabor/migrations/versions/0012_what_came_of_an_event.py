"""An event says what came of it.

Revision: 0012
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TABLE = "stadtlabor_event"
COLUMN = "results"


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    if not _is_there():
        op.add_column(TABLE, sa.Column(COLUMN, JSON))


def downgrade() -> None:
    """Remove the column; the history keeps what it said."""
    if _is_there():
        op.drop_column(TABLE, COLUMN)


def _is_there() -> bool:
    columns = sa.inspect(op.get_bind()).get_columns(TABLE)
    return COLUMN in {column["name"] for column in columns}

"""An event has a mark that tells whether its registrations have changed since they were counted.

The column is added alone and no table is built anew, so that SQLite keeps its triggers.

Revision: 0027
Follows: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLE = "stadtlabor_event"
COLUMN = "registrations_mark"


def _is_there() -> bool:
    """On MariaDB an upgrade or a downgrade that broke off leaves a part behind."""
    columns = sa.inspect(op.get_bind()).get_columns(TABLE)
    return COLUMN in {column["name"] for column in columns}


def upgrade() -> None:
    """An empty mark stands for what nobody has changed since."""
    if not _is_there():
        column = sa.Column(COLUMN, sa.String(32), nullable=False, server_default="")
        op.add_column(TABLE, column)


def downgrade() -> None:
    """Remove it; registrations are counted for each page."""
    if _is_there():
        op.drop_column(TABLE, COLUMN)

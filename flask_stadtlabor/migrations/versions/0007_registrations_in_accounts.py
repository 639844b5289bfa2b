"""A registration may belong to an account of the host's.

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLE = "stadtlabor_registration"
COLUMN = "account_key"
INDEX = "ix_stadtlabor_registration_account_key"


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    if not _has_column():
        op.add_column(TABLE, sa.Column(COLUMN, sa.String(64)))
    if not _has_index():
        op.create_index(INDEX, TABLE, [COLUMN])


def downgrade() -> None:
    """Remove what was added; registrations stay, and are in no account any more."""
    if _has_index():
        op.drop_index(INDEX, table_name=TABLE)
    if _has_column():
        op.drop_column(TABLE, COLUMN)


def _has_column() -> bool:
    columns = sa.inspect(op.get_bind()).get_columns(TABLE)
    return COLUMN in {column["name"] for column in columns}


def _has_index() -> bool:
    indexes = sa.inspect(op.get_bind()).get_indexes(TABLE)
    return INDEX in {index["name"] for index in indexes}

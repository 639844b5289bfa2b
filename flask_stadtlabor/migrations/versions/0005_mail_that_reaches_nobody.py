"""What staff passes on knows what the mail would have told, and where it was refused.

Revision: 0005
Follows: 0004
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TABLE = "stadtlabor_desk_notice"


def _columns() -> list[sa.Column[Any]]:
    return [sa.Column("tells", JSON), sa.Column("refused_address", sa.String(320))]


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    known = _known()
    for column in _columns():
        if column.name not in known:
            op.add_column(TABLE, column)


def downgrade() -> None:
    """Remove what was added, and what is left of it after a failure."""
    known = _known()
    for column in _columns():
        if column.name in known:
            op.drop_column(TABLE, str(column.name))


def _known() -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(TABLE)}

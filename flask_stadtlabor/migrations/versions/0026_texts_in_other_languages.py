"""An idea or a comment that came from elsewhere says the same in other languages, beside its text.

Revision: 0026
Follows: 0025
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TABLES = ("stadtlabor_idea", "stadtlabor_comment")
COLUMN = "translations"


def _is_there(table: str) -> bool:
    """On MariaDB an upgrade or a downgrade that broke off leaves a part behind."""
    columns = sa.inspect(op.get_bind()).get_columns(table)
    return COLUMN in {column["name"] for column in columns}


def upgrade() -> None:
    """What is there says it in its text alone."""
    says_nothing = sa.text("'{}'")
    for table in TABLES:
        if not _is_there(table):
            column = sa.Column(COLUMN, JSON, nullable=False, server_default=says_nothing)
            op.add_column(table, column)


def downgrade() -> None:
    """Remove what they say in other languages."""
    for table in TABLES:
        if _is_there(table):
            op.drop_column(table, COLUMN)

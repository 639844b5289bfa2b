"""Ideas name an area of the city.

Revision: 0021
Follows: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None

IDEA = "stadtlabor_idea"
SLUG = sa.String(120).with_variant(mysql.VARCHAR(120, collation="utf8mb4_bin"), "mysql", "mariadb")


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    if "area" not in _columns():
        op.add_column(IDEA, sa.Column("area", SLUG))


def downgrade() -> None:
    """Forget the areas."""
    if "area" in _columns():
        with op.batch_alter_table(IDEA) as table:
            table.drop_column("area")


def _columns() -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(IDEA)}

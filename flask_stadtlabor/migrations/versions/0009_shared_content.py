"""Venues, organisers and sets of questions to choose from, with the history of all shared content.

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

from flask_stadtlabor import append_only

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
SLUG = sa.String(120).with_variant(mysql.VARCHAR(120, collation="utf8mb4_bin"), "mysql", "mariadb")
TABLE = "stadtlabor_shared_revision"
TABLES = (TABLE,)


def upgrade() -> None:
    """Create what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    if not _is_there():
        op.create_table(
            TABLE,
            sa.Column("kind", sa.String(20), nullable=False),
            sa.Column("slug", SLUG, nullable=False),
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("number", sa.Integer(), nullable=False),
            sa.Column("document", JSON, nullable=False),
            sa.Column("at", sa.DateTime(), nullable=False),
            sa.Column("actor_key", sa.String(255), nullable=False),
            sa.Column("actor_name", sa.String(200), nullable=False),
            sa.Column("step", sa.String(20), nullable=False),
            sa.Column("note", sa.String(500), nullable=False),
            sa.PrimaryKeyConstraint("id", name="pk_stadtlabor_shared_revision"),
            sa.UniqueConstraint(
                "kind", "slug", "number", name="uq_stadtlabor_shared_revision_kind_slug_number"
            ),
        )
    connection = op.get_bind()
    for statement in append_only.create_statements(connection.dialect.name, TABLES):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Remove the table; its triggers go with it."""
    if _is_there():
        op.drop_table(TABLE)


def _is_there() -> bool:
    return sa.inspect(op.get_bind()).has_table(TABLE)

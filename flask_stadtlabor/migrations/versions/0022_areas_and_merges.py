"""Ideas name an area of the city, and become part of others.

Revision: 0022
Follows: 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

IDEA = "stadtlabor_idea"
MERGE = "stadtlabor_idea_merge"
LINK = "stadtlabor_participant_link"
SLUG = sa.String(120).with_variant(mysql.VARCHAR(120, collation="utf8mb4_bin"), "mysql", "mariadb")
COLUMNS = ((IDEA, "area", SLUG), (LINK, "leads_to", sa.String(500)))


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    for table, name, kind in COLUMNS:
        if name not in _columns(table):
            op.add_column(table, sa.Column(name, kind))
    if not _is_there(MERGE):
        op.create_table(
            MERGE,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("idea_id", sa.Integer(), nullable=False),
            sa.Column("into_id", sa.Integer(), nullable=False),
            sa.Column("people", sa.Integer(), nullable=False),
            sa.Column("last", sa.Integer(), nullable=False),
            sa.Column("reached", sa.Integer(), nullable=False),
            sa.Column("written", sa.Integer(), nullable=False),
            sa.Column("created_at", sa.DateTime(), nullable=False),
            sa.Column("done_at", sa.DateTime()),
            sa.Column("undone_at", sa.DateTime()),
            *(
                sa.ForeignKeyConstraint([name], [f"{IDEA}.id"], name=f"fk_{MERGE}_{name}")
                for name in ("idea_id", "into_id")
            ),
            sa.PrimaryKeyConstraint("id", name=f"pk_{MERGE}"),
        )
    known = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(MERGE)}
    for name in ("idea_id", "into_id"):
        if f"ix_{MERGE}_{name}" not in known:
            op.create_index(f"ix_{MERGE}_{name}", MERGE, [name])


def downgrade() -> None:
    """Forget areas and merges; an idea that became part of another one stays merged."""
    if _is_there(MERGE):
        op.drop_table(MERGE)
    for table, name, _ in COLUMNS:
        if name in _columns(table):
            op.drop_column(table, name)


def _columns(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}


def _is_there(table: str) -> bool:
    return sa.inspect(op.get_bind()).has_table(table)

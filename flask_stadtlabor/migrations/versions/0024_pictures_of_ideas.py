"""Ideas have a picture.

Revision: 0024
Follows: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

IDEA = "stadtlabor_idea"
PICTURE = "stadtlabor_picture"
COLUMNS = (
    (IDEA, "picture", sa.String(50)),
    (IDEA, "picture_alt", sa.String(300)),
    (PICTURE, "file_hash", sa.String(32)),
    (PICTURE, "hidden_at", sa.DateTime()),
)
INDEXES = ((IDEA, "picture"), (PICTURE, "file_hash"))


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    for table, name, kind in COLUMNS:
        if name not in _columns(table):
            op.add_column(table, sa.Column(name, kind))
    for table, name in INDEXES:
        if f"ix_{table}_{name}" not in _indexes(table):
            op.create_index(f"ix_{table}_{name}", table, [name])


def downgrade() -> None:
    """Forget which idea has which picture."""
    for table, name in INDEXES:
        if f"ix_{table}_{name}" in _indexes(table):
            op.drop_index(f"ix_{table}_{name}", table)
    for table, name, _ in COLUMNS:
        if name in _columns(table):
            op.drop_column(table, name)


def _columns(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}


def _indexes(table: str) -> set[str | None]:
    return {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}

"""An event says what came of it, and asks how it was.

Revision: 0012
Follows: 0011
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
WORDS = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
EVENT = "stadtlabor_event"
ANSWERS = "stadtlabor_feedback"
INDEX = "ix_stadtlabor_feedback_event_id"


def _columns() -> list[sa.Column[Any]]:
    return [sa.Column("results", JSON), sa.Column("feedback", JSON)]


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    known = _known()
    for column in _columns():
        if column.name not in known:
            op.add_column(EVENT, column)
    if not _is_there():
        op.create_table(
            ANSWERS,
            sa.Column("mark", sa.String(32), nullable=False),
            sa.Column("event_id", sa.Integer(), nullable=False),
            sa.Column("day", sa.Date(), nullable=False),
            sa.Column("rating", sa.Integer(), nullable=False),
            sa.Column("accessible", sa.String(10)),
            sa.Column("good", WORDS),
            sa.Column("change", WORDS),
            sa.CheckConstraint(
                "rating BETWEEN 1 AND 5", name="ck_stadtlabor_feedback_rating_of_five"
            ),
            sa.ForeignKeyConstraint(
                ["event_id"], ["stadtlabor_event.id"], name="fk_stadtlabor_feedback_event_id"
            ),
            sa.PrimaryKeyConstraint("mark", name="pk_stadtlabor_feedback"),
        )
    if INDEX not in {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(ANSWERS)}:
        op.create_index(INDEX, ANSWERS, ["event_id"])


def downgrade() -> None:
    """Remove what was added; the history keeps what events said."""
    if _is_there():
        op.drop_table(ANSWERS)
    known = _known()
    for column in _columns():
        if column.name in known:
            op.drop_column(EVENT, str(column.name))


def _known() -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(EVENT)}


def _is_there() -> bool:
    return sa.inspect(op.get_bind()).has_table(ANSWERS)

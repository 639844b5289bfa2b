"""People comment on ideas, projects, events, items of a programme and results.

Revision: 0019
Follows: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

COMMENT = "stadtlabor_comment"
REACTION = "stadtlabor_comment_reaction"
PARTICIPANT = "stadtlabor_participant"
WORDS = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
INDEXES = {
    f"ix_{COMMENT}_idea_id": (COMMENT, ["idea_id"]),
    f"ix_{COMMENT}_project_id": (COMMENT, ["project_id"]),
    f"ix_{COMMENT}_event_id": (COMMENT, ["event_id"]),
    f"ix_{COMMENT}_parent_id": (COMMENT, ["parent_id"]),
    f"ix_{COMMENT}_participant_id": (COMMENT, ["participant_id"]),
    f"ix_{COMMENT}_newest": (COMMENT, ["thread", "parent_id", "published_at"]),
    f"ix_{COMMENT}_most_agreed": (COMMENT, ["thread", "parent_id", "agrees"]),
    f"ix_{COMMENT}_counted": (COMMENT, ["thread", "status", "stance"]),
    f"ix_{REACTION}_participant_id": (REACTION, ["participant_id"]),
}


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    _create(
        COMMENT,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread", sa.String(60), nullable=False),
        sa.Column("idea_id", sa.Integer()),
        sa.Column("project_id", sa.Integer()),
        sa.Column("event_id", sa.Integer()),
        sa.Column("parent_id", sa.Integer()),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer()),
        sa.Column("public_name", sa.String(80)),
        sa.Column("text", WORDS, nullable=False),
        sa.Column("stance", sa.String(10)),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("agrees", sa.Integer(), nullable=False),
        sa.Column("disagrees", sa.Integer(), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(64)),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("published_at", sa.DateTime()),
        sa.Column("edited_at", sa.DateTime()),
        sa.CheckConstraint(
            "agrees >= 0 AND disagrees >= 0", name=f"ck_{COMMENT}_reactions_not_negative"
        ),
        sa.CheckConstraint("replies >= 0", name=f"ck_{COMMENT}_replies_not_negative"),
        _leads_to(COMMENT, "idea_id", "stadtlabor_idea"),
        _leads_to(COMMENT, "project_id", "stadtlabor_project"),
        _leads_to(COMMENT, "event_id", "stadtlabor_event"),
        _leads_to(COMMENT, "parent_id", COMMENT),
        _leads_to(COMMENT, "participant_id", PARTICIPANT),
        sa.PrimaryKeyConstraint("id", name=f"pk_{COMMENT}"),
        sa.UniqueConstraint("fingerprint", name=f"uq_{COMMENT}_fingerprint"),
    )
    _create(
        REACTION,
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("opinion", sa.String(10), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        _leads_to(REACTION, "comment_id", COMMENT, ondelete="CASCADE"),
        _leads_to(REACTION, "participant_id", PARTICIPANT),
        sa.PrimaryKeyConstraint("comment_id", "participant_id", name=f"pk_{REACTION}"),
    )
    for name, (table, columns) in INDEXES.items():
        known = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}
        if name not in known:
            op.create_index(name, table, columns)


def downgrade() -> None:
    """Forget all comments."""
    for table in (REACTION, COMMENT):
        if _is_there(table):
            op.drop_table(table)


def _create(table: str, *columns: sa.schema.SchemaItem) -> None:
    if not _is_there(table):
        op.create_table(table, *columns)


def _leads_to(
    table: str, column: str, other: str, *, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def _is_there(table: str) -> bool:
    return sa.inspect(op.get_bind()).has_table(table)

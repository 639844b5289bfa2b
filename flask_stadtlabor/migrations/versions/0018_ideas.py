"""People write ideas, support and follow them.

Revision: 0018
Follows: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

IDEA = "stadtlabor_idea"
VERSION = "stadtlabor_idea_version"
SUPPORT = "stadtlabor_idea_support"
FOLLOW = "stadtlabor_idea_follow"
GRAM = "stadtlabor_idea_gram"
WORDS = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
SLUG = sa.String(120).with_variant(mysql.VARCHAR(120, collation="utf8mb4_bin"), "mysql", "mariadb")
LETTERS = sa.String(3).with_variant(mysql.VARCHAR(3, collation="utf8mb4_bin"), "mysql", "mariadb")
INDEXES = {
    f"ix_{IDEA}_participant_id": (IDEA, ["participant_id"]),
    f"ix_{IDEA}_newest": (IDEA, ["project_id", "status", "published_at"]),
    f"ix_{IDEA}_most_supported": (IDEA, ["project_id", "status", "supports"]),
    f"ix_{SUPPORT}_participant_id": (SUPPORT, ["participant_id"]),
    f"ix_{FOLLOW}_participant_id": (FOLLOW, ["participant_id"]),
    f"ix_{GRAM}_idea_id": (GRAM, ["idea_id"]),
}


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    _create(
        IDEA,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer()),
        sa.Column("public_name", sa.String(80)),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("text", WORDS, nullable=False),
        sa.Column("category", SLUG),
        sa.Column("place", sa.String(200)),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supports", sa.Integer(), nullable=False),
        sa.Column("reason", WORDS),
        sa.Column("fingerprint", sa.String(64)),
        sa.Column("search_text", WORDS, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("published_at", sa.DateTime()),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("supports >= 0", name="ck_stadtlabor_idea_supports_not_negative"),
        _leads_to(IDEA, "project_id", "stadtlabor_project"),
        _leads_to(IDEA, "participant_id", "stadtlabor_participant"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{IDEA}"),
        sa.UniqueConstraint("fingerprint", name=f"uq_{IDEA}_fingerprint"),
    )
    _create(
        VERSION,
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("text", WORDS, nullable=False),
        sa.Column("supports", sa.Integer(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(), nullable=False),
        _leads_to(VERSION, "idea_id", IDEA, ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("idea_id", "number", name=f"pk_{VERSION}"),
    )
    for table, own in (
        (SUPPORT, [sa.Column("version", sa.Integer(), nullable=False)]),
        (FOLLOW, []),
    ):
        _create(
            table,
            sa.Column("idea_id", sa.Integer(), nullable=False),
            sa.Column("participant_id", sa.Integer(), nullable=False),
            *own,
            sa.Column("created_at", sa.DateTime(), nullable=False),
            _leads_to(table, "idea_id", IDEA, ondelete="CASCADE"),
            _leads_to(table, "participant_id", "stadtlabor_participant"),
            sa.PrimaryKeyConstraint("idea_id", "participant_id", name=f"pk_{table}"),
        )
    _create(
        GRAM,
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("gram", LETTERS, nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        _leads_to(GRAM, "project_id", "stadtlabor_project", ondelete="CASCADE"),
        _leads_to(GRAM, "idea_id", IDEA, ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("project_id", "gram", "idea_id", name=f"pk_{GRAM}"),
    )
    for name, (table, columns) in INDEXES.items():
        known = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}
        if name not in known:
            op.create_index(name, table, columns)


def downgrade() -> None:
    """Forget all ideas."""
    for table in (GRAM, FOLLOW, SUPPORT, VERSION, IDEA):
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

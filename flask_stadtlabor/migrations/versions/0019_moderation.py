"""People report texts, moderators decide, and authors object; first texts can wait.

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

PARTICIPANT = "stadtlabor_participant"
PROJECT = "stadtlabor_project"
DECISION = "stadtlabor_moderation_decision"
OBJECTION = "stadtlabor_moderation_objection"
REPORT = "stadtlabor_moderation_report"
WORDS = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
SLUG = sa.String(120).with_variant(mysql.VARCHAR(120, collation="utf8mb4_bin"), "mysql", "mariadb")
PEOPLE = sa.table(PARTICIPANT, sa.column("id"), sa.column("first_published_at"))
IDEAS = sa.table("stadtlabor_idea", sa.column("participant_id"), sa.column("published_at"))
INDEXES = {
    f"ix_{DECISION}_participant_id": (DECISION, ["participant_id"]),
    f"ix_{DECISION}_project_id": (DECISION, ["project_id"]),
    f"ix_{DECISION}_decided_at": (DECISION, ["decided_at"]),
    f"ix_{REPORT}_project_id": (REPORT, ["project_id"]),
    f"ix_{REPORT}_address_key": (REPORT, ["address_key"]),
    f"ix_{REPORT}_state": (REPORT, ["state"]),
}


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    _add(PARTICIPANT, sa.Column("first_published_at", sa.DateTime()))
    _add(
        PROJECT,
        sa.Column("holds_first_posts", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _add(PROJECT, sa.Column("most_ideas", sa.Integer()))
    first = sa.select(sa.func.min(IDEAS.c.published_at))
    theirs = first.where(IDEAS.c.participant_id == PEOPLE.c.id).scalar_subquery()
    op.execute(sa.update(PEOPLE).values(first_published_at=theirs))
    _create(
        DECISION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("participant_id", sa.Integer()),
        sa.Column("measure", sa.String(20), nullable=False),
        sa.Column("rule", SLUG),
        sa.Column("reasons", WORDS, nullable=False),
        sa.Column("is_from_report", sa.Boolean(), nullable=False),
        *_by(),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        *_subject(),
        sa.ForeignKeyConstraint(
            ["participant_id"], [f"{PARTICIPANT}.id"], name=f"fk_{DECISION}_participant_id"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{DECISION}"),
        sa.UniqueConstraint("mark", name=f"uq_{DECISION}_mark"),
        sa.UniqueConstraint("kind", "number", "turn", name=f"uq_{DECISION}_turn"),
    )
    _create(
        OBJECTION,
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("words", WORDS, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("is_upheld", sa.Boolean()),
        sa.Column("reasons", WORDS, nullable=False),
        *_by(),
        sa.Column("decided_at", sa.DateTime()),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            [f"{DECISION}.id"],
            name=f"fk_{OBJECTION}_decision_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("decision_id", name=f"pk_{OBJECTION}"),
    )
    _create(
        REPORT,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reporter_key", sa.String(64), nullable=False),
        sa.Column("rule", SLUG, nullable=False),
        sa.Column("words", WORDS, nullable=False),
        sa.Column("email", sa.String(320)),
        sa.Column("address_key", sa.String(64)),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime()),
        *_subject(),
        sa.PrimaryKeyConstraint("id", name=f"pk_{REPORT}"),
        sa.UniqueConstraint("kind", "number", "turn", "reporter_key", name=f"uq_{REPORT}_once"),
    )
    for name, (table, columns) in INDEXES.items():
        known = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}
        if name not in known:
            op.create_index(name, table, columns)


def downgrade() -> None:
    """Forget reports, decisions and objections, and whose first text waits."""
    for table in (REPORT, OBJECTION, DECISION):
        if sa.inspect(op.get_bind()).has_table(table):
            op.drop_table(table)
    for table, names in (
        (PARTICIPANT, ["first_published_at"]),
        (PROJECT, ["most_ideas", "holds_first_posts"]),
    ):
        known = _columns(table)
        with op.batch_alter_table(table) as batch:
            for name in names:
                if name in known:
                    batch.drop_column(name)


def _subject() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer()),
    ]


def _by() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("actor_key", sa.String(255), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
    ]


def _add(table: str, column: sa.Column[object]) -> None:
    if column.name not in _columns(table):
        with op.batch_alter_table(table) as batch:
            batch.add_column(column)


def _create(table: str, *columns: sa.schema.SchemaItem) -> None:
    if not sa.inspect(op.get_bind()).has_table(table):
        op.create_table(table, *columns)


def _columns(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}

"""People are told news once a day, and the city answers ideas.

Columns are added alone and no table is built anew, so that SQLite keeps its triggers.

Revision: 0021
Follows: 0020
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from flask_stadtlabor import append_only

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
NEWS = "stadtlabor_news"
ANSWER = "stadtlabor_idea_answer"
REVISION = "stadtlabor_idea_answer_revision"
IDEA = "stadtlabor_idea"
PARTICIPANT = "stadtlabor_participant"
INDEXES = {
    f"ix_{NEWS}_created_at": (NEWS, ["created_at"]),
    f"ix_{ANSWER}_told_at": (ANSWER, ["told_at"]),
    f"ix_{REVISION}_trail": (REVISION, ["at", "id", "step", "actor_key", "actor_name"]),
    f"ix_{IDEA}_answered": (IDEA, ["project_id", "status", "answered_at"]),
}


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    _add(
        PARTICIPANT,
        sa.Column("wants_answers", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    _add(IDEA, sa.Column("threshold_reached_at", sa.DateTime()))
    _add(IDEA, sa.Column("verdict", sa.String(20)))
    _add(IDEA, sa.Column("answered_at", sa.DateTime()))
    _create(
        NEWS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("about", sa.String(20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        _leads_to(NEWS, "participant_id", PARTICIPANT),
        sa.PrimaryKeyConstraint("id", name=f"pk_{NEWS}"),
        sa.UniqueConstraint(
            *("participant_id", "kind", "about", "number"),
            name=f"uq_{NEWS}_participant_id_kind_about_number",
        ),
    )
    _create(
        ANSWER,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("next_step", JSON, nullable=False),
        sa.Column("next_step_on", sa.Date()),
        sa.Column("department", sa.String(200), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime()),
        _leads_to(ANSWER, "idea_id", IDEA),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ANSWER}"),
        sa.UniqueConstraint("idea_id", "number", name=f"uq_{ANSWER}_idea_id_number"),
    )
    _create(
        REVISION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_key", sa.String(255), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        _leads_to(REVISION, "idea_id", IDEA),
        sa.PrimaryKeyConstraint("id", name=f"pk_{REVISION}"),
        sa.UniqueConstraint("idea_id", "number", name=f"uq_{REVISION}_idea_id_number"),
    )
    for name, (table, columns) in INDEXES.items():
        if name not in _indexes(table):
            op.create_index(name, table, columns)
    connection = op.get_bind()
    for statement in append_only.create_statements(connection.dialect.name, (REVISION,)):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Forget news and answers; the trigger of a table goes with it."""
    for table in (REVISION, ANSWER, NEWS):
        if sa.inspect(op.get_bind()).has_table(table):
            op.drop_table(table)
    if f"ix_{IDEA}_answered" in _indexes(IDEA):
        op.drop_index(f"ix_{IDEA}_answered", table_name=IDEA)
    for name in ("answered_at", "verdict", "threshold_reached_at"):
        if name in _columns(IDEA):
            op.drop_column(IDEA, name)
    if "wants_answers" in _columns(PARTICIPANT):
        op.drop_column(PARTICIPANT, "wants_answers")


def _add(table: str, column: sa.Column[Any]) -> None:
    if column.name not in _columns(table):
        op.add_column(table, column)


def _create(table: str, *columns: sa.schema.SchemaItem) -> None:
    if not sa.inspect(op.get_bind()).has_table(table):
        op.create_table(table, *columns)


def _leads_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")


def _columns(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}


def _indexes(table: str) -> set[str | None]:
    return {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}

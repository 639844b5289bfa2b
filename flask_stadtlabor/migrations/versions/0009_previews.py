"""Links by which people without an account see the draft of an event.

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLE = "stadtlabor_preview_link"


def upgrade() -> None:
    """Create what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    if _is_there():
        return
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("actor_key", sa.String(255), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["stadtlabor_event.id"],
            name="fk_stadtlabor_preview_link_event_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stadtlabor_preview_link"),
        sa.UniqueConstraint("token_hash", name="uq_stadtlabor_preview_link_token_hash"),
        sa.UniqueConstraint(
            "event_id", "number", name="uq_stadtlabor_preview_link_event_id_number"
        ),
    )


def downgrade() -> None:
    """Remove the table; every link ends with it."""
    if _is_there():
        op.drop_table(TABLE)


def _is_there() -> bool:
    return sa.inspect(op.get_bind()).has_table(TABLE)

"""People take part by their account or a confirmed address.

Revision: 0016
Follows: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PARTICIPANT = "stadtlabor_participant"
LINK = "stadtlabor_participant_link"
INDEXES = ("participant_id", "expires_at")


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    if not _is_there(PARTICIPANT):
        op.create_table(
            PARTICIPANT,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("mark", sa.String(32), nullable=False),
            sa.Column("account_key", sa.String(64)),
            sa.Column("address_key", sa.String(64)),
            sa.Column("email", sa.String(320)),
            sa.Column("public_name", sa.String(80)),
            sa.Column("language", sa.String(35), nullable=False),
            sa.Column("wants_digest", sa.Boolean(), nullable=False),
            sa.Column("created_at", sa.DateTime(), nullable=False),
            sa.Column("confirmed_at", sa.DateTime()),
            sa.PrimaryKeyConstraint("id", name="pk_stadtlabor_participant"),
            sa.UniqueConstraint("mark", name="uq_stadtlabor_participant_mark"),
            sa.UniqueConstraint("account_key", name="uq_stadtlabor_participant_account_key"),
            sa.UniqueConstraint("address_key", name="uq_stadtlabor_participant_address_key"),
        )
    if not _is_there(LINK):
        op.create_table(
            LINK,
            sa.Column("token_hash", sa.String(64), nullable=False),
            sa.Column("participant_id", sa.Integer(), nullable=False),
            sa.Column("expires_at", sa.DateTime(), nullable=False),
            sa.ForeignKeyConstraint(
                ["participant_id"],
                ["stadtlabor_participant.id"],
                name="fk_stadtlabor_participant_link_participant_id",
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint("token_hash", name="pk_stadtlabor_participant_link"),
        )
    known = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(LINK)}
    for column in INDEXES:
        if f"ix_{LINK}_{column}" not in known:
            op.create_index(f"ix_{LINK}_{column}", LINK, [column])


def downgrade() -> None:
    """Forget who took part."""
    for table in (LINK, PARTICIPANT):
        if _is_there(table):
            op.drop_table(table)


def _is_there(table: str) -> bool:
    return sa.inspect(op.get_bind()).has_table(table)

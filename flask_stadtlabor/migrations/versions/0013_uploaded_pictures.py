"""Pictures that staff uploads; their files are in the host's storage.

Revision: 0013
Follows: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
NULLABLE_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
TABLE = "stadtlabor_picture"
KNOWN_BEFORE = ("url", "alt", "credit")
EVENTS = sa.table(
    "stadtlabor_event",
    sa.column("id"),
    sa.column("image", NULLABLE_JSON),
    sa.column("results", NULLABLE_JSON),
)


def upgrade() -> None:
    """Create what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    if _is_there():
        return
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("alt", JSON, nullable=False),
        sa.Column("credit", JSON, nullable=False),
        sa.Column("focus_x", sa.Integer(), nullable=False),
        sa.Column("focus_y", sa.Integer(), nullable=False),
        sa.Column("actor_key", sa.String(255), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("attached_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.String(200), nullable=True),
        sa.CheckConstraint("width > 0 AND height > 0", name="has_a_size"),
        sa.CheckConstraint(
            "focus_x BETWEEN 0 AND 100 AND focus_y BETWEEN 0 AND 100",
            name="focus_within_picture",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stadtlabor_picture"),
        sa.UniqueConstraint("hash", name="uq_stadtlabor_picture_hash"),
    )


def downgrade() -> None:
    """Remove the table, and from the events what the software before does not know.

    The files of the pictures stay in their storage.
    """
    connection = op.get_bind()
    shown = sa.select(EVENTS.c.id, EVENTS.c.image).where(EVENTS.c.image.is_not(None))
    for number, image in connection.execute(shown).all():
        known = {key: value for key, value in (image or {}).items() if key in KNOWN_BEFORE}
        if image and known != image:
            of_event = sa.update(EVENTS).where(EVENTS.c.id == number)
            connection.execute(of_event.values(image=known if "url" in known else None))
    told = sa.select(EVENTS.c.id, EVENTS.c.results).where(EVENTS.c.results.is_not(None))
    for number, results in connection.execute(told).all():
        known = {key: value for key, value in (results or {}).items() if key != "pictures"}
        if results and known != results:
            of_event = sa.update(EVENTS).where(EVENTS.c.id == number)
            connection.execute(of_event.values(results=known))
    if _is_there():
        op.drop_table(TABLE)


def _is_there() -> bool:
    return sa.inspect(op.get_bind()).has_table(TABLE)

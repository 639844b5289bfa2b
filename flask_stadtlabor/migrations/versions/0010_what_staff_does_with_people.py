"""Indexes by which an event's people are counted and listed without reading their rows.

Revision: 0010
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

REGISTRATION = "stadtlabor_registration"
INDEXES = {
    "ix_stadtlabor_registration_event_counts": ["event_id", "state", "party_size", "arrived"],
    "ix_stadtlabor_registration_event_list": ["event_id", "sort_key", "id", "state"],
}
FORMER_INDEX = "ix_stadtlabor_registration_event_sort_key"


def upgrade() -> None:
    """Create what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    there = _indexes()
    for name, columns in INDEXES.items():
        if name not in there:
            op.create_index(name, REGISTRATION, columns)
    if FORMER_INDEX in there:
        op.drop_index(FORMER_INDEX, table_name=REGISTRATION)


def downgrade() -> None:
    """As it was before."""
    there = _indexes()
    if FORMER_INDEX not in there:
        op.create_index(FORMER_INDEX, REGISTRATION, ["event_id", "sort_key"])
    for name in INDEXES:
        if name in there:
            op.drop_index(name, table_name=REGISTRATION)


def _indexes() -> set[str | None]:
    return {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(REGISTRATION)}

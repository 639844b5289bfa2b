"""Whatever keeps the name of a member of staff keeps their key beside it.

The indexes that count and page through registrations know their language.

Revision: 0025
Follows: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEYS = {
    "stadtlabor_consent_draft": ("edited_by", "edited_key"),
    "stadtlabor_publication": ("recorded_by", "recorded_key"),
    "stadtlabor_take_down_task": ("done_by", "done_key"),
    "stadtlabor_desk_notice": ("done_by", "done_key"),
}
"""The column with the name, and the new one with the key."""
KNOWN = (
    "stadtlabor_event_revision",
    "stadtlabor_event_deed",
    "stadtlabor_shared_revision",
    "stadtlabor_idea_answer_revision",
    "stadtlabor_preview_link",
    "stadtlabor_planned_publishing",
    "stadtlabor_group_message",
    "stadtlabor_picture",
    "stadtlabor_moderation_decision",
    "stadtlabor_moderation_objection",
)
"""Tables that have had both for long."""
REGISTRATION = "stadtlabor_registration"
INDEXES = {
    "ix_stadtlabor_registration_event_counts": (
        ["event_id", "state", "party_size", "arrived"],
        ["event_id", "state", "language", "party_size", "arrived"],
    ),
    "ix_stadtlabor_registration_event_list": (
        ["event_id", "sort_key", "id", "state"],
        ["event_id", "sort_key", "id", "state", "language"],
    ),
}
"""The columns of each index, before and now."""


def upgrade() -> None:
    """Add what is not there: on MariaDB an upgrade that broke off leaves a part behind."""
    for name, (_, now) in INDEXES.items():
        _make_index(name, now)
    for table, (_, key) in KEYS.items():
        if key not in _columns(table):
            op.add_column(table, sa.Column(key, sa.String(255)))
    keys = _keys_by_name()
    for table, (name, key) in KEYS.items():
        _fill(sa.table(table, sa.column(name), sa.column(key)), name, key, keys)


def downgrade() -> None:
    """As it was before."""
    for name, (before, _) in INDEXES.items():
        _make_index(name, before)
    for table, (_, key) in KEYS.items():
        if key in _columns(table):
            op.drop_column(table, key)


def _make_index(name: str, columns: list[str]) -> None:
    found = {each["name"]: each for each in sa.inspect(op.get_bind()).get_indexes(REGISTRATION)}
    if name in found and found[name]["column_names"] != columns:
        op.drop_index(name, REGISTRATION)
    if name not in found or found[name]["column_names"] != columns:
        op.create_index(name, REGISTRATION, columns)


def _columns(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}


def _keys_by_name() -> dict[str, set[str]]:
    """The keys that each name of staff stands for, as far as other tables tell."""
    key, name = sa.column("actor_key", sa.String), sa.column("actor_name", sa.String)
    found: dict[str, set[str]] = {}
    for table in KNOWN:
        named = sa.select(name, key).select_from(sa.table(table)).where(key != "").distinct()
        for who, known in op.get_bind().execute(named):
            found.setdefault(who, set()).add(known)
    return found


def _fill(table: sa.TableClause, name: str, key: str, keys: dict[str, set[str]]) -> None:
    """Only where a name belongs to one key alone: of two people, neither is taken for the other."""
    bind, without_key = op.get_bind(), table.c[key].is_(None)
    names = sa.select(table.c[name]).where(without_key, table.c[name].is_not(None)).distinct()
    for who in bind.scalars(names).all():
        if len(keys.get(who, ())) == 1:
            theirs = sa.update(table).where(without_key, table.c[name] == who)
            bind.execute(theirs.values({key: min(keys[who])}))

"""The content revision: one number that grows with every change of what the pages show.

Cached pages carry it in their ETag, so that one cheap read shows whether anything changed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import NamedTuple, TypeVar, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor.db import Base, UTCDateTime
from flask_stadtlabor.state import current, now, session, this_app

Kept = TypeVar("Kept")
KEPT = "stadtlabor_kept"
MOST_KEPT = 200
"""Values that an app keeps in memory."""


class ContentRevision(Base):
    """The single row with the revision; migrations create it."""

    __tablename__ = "stadtlabor_content_revision"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Revision(NamedTuple):
    """The content revision, as read together with something else."""

    number: int
    changed_at: datetime | None
    """Also tells apart equal revision numbers from before and after a backup was restored."""


NUMBER = select(ContentRevision.number).where(ContentRevision.id == 1).scalar_subquery()
"""The revision as a column, to be read in one statement with something else."""
CHANGED_AT = select(ContentRevision.changed_at).where(ContentRevision.id == 1).scalar_subquery()
"""When the content changed last, as a column."""


def content_changed() -> None:
    """Raise the revision; every operation that changes content calls it before the commit."""
    session().execute(
        update(ContentRevision)
        .where(ContentRevision.id == 1)
        .values(number=ContentRevision.number + 1, changed_at=now())
    )


def kept_at(revision: Revision, name: str, *key: Hashable, make: Callable[[], Kept]) -> Kept:
    """What ``make`` gives at a revision that was read just now; from memory the second time.

    ``name`` and ``key`` tell apart what is kept at one revision. It is shared by all threads, so
    that nobody may change it, and depends on nothing else but the app's settings.
    """
    kept: dict[Hashable, object] = this_app().extensions.setdefault(KEPT, {})
    address = (current().database, revision, name, *key)
    value = kept.get(address)
    if value is None:
        value = make()
        # another thread may clear or fill it at the same moment
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[address] = value
    return cast("Kept", value)

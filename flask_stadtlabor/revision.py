"""The content revision: one number that grows with every change of what the pages show.

Cached pages carry it in their ETag, so that one cheap read shows whether anything changed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

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


NO_REVISION = Revision(0, None)
"""That of a page which no revision tells about."""
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

    As for :func:`keep`.
    """
    value: Kept | None = kept(name, revision, *key)
    if value is None:
        value = make()
        keep(value, name, revision, *key)
    return value


def keep(value: object, name: str, *key: Hashable) -> None:
    """Keep a value in the memory of this process, for a while.

    ``name`` and ``key`` tell it apart. It is shared by all threads, so that nobody may change it,
    and depends on nothing but the content and the app's settings.
    """
    memory = _memory()
    # another thread may clear or fill it at the same moment
    if len(memory) >= MOST_KEPT:
        memory.clear()
    memory[(current().database, name, *key)] = value


def kept(name: str, *key: Hashable) -> Any:
    """What :func:`keep` was given; None where that is kept no longer."""
    return _memory().get((current().database, name, *key))


def _memory() -> dict[Hashable, object]:
    memory: dict[Hashable, object] = this_app().extensions.setdefault(KEPT, {})
    return memory

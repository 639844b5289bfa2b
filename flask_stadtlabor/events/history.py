"""The history of events, shared content and official answers: every state in which somebody left
one, drafts of changes included.

Append-only; the database refuses to change what an entry says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.events.history_models import (
    DRAFT_STEPS,
    AnswerRevision,
    Deed,
    EventDeed,
    EventRevision,
    HistoryEntry,
    SharedKind,
    SharedRevision,
    Step,
)
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.state import now, session

LIST_LIMIT = 200
"""Entries of one thing that are read at once."""


class Shared(NamedTuple):
    """One thing that several events share."""

    kind: SharedKind
    slug: str


class Answered(NamedTuple):
    """An idea, as far as the city has answered it."""

    idea_id: int


Recorded = Event | Shared | Answered
"""What has a history."""


def record(
    of: Recorded, document: dict[str, Any], *, step: Step, by: By, note: str = ""
) -> HistoryEntry:
    """Write down what something is now.

    Of an event, also what the draft of its changes is; under the event's lock. Else
    two that write the same number at once meet in its unique key, and one is tried again.
    """
    before = latest(of)
    table, keys = _where(of)
    entry: HistoryEntry = table(
        **keys,
        number=before.number + 1 if before else 1,
        document=document,
        at=now(),
        actor_key=by.key,
        actor_name=by.name,
        step=step,
        note=note,
    )
    session().add(entry)
    session().flush()
    return entry


def record_deed(event: Event, deed: Deed, about: dict[str, Any], *, by: By) -> None:
    """Write down what was done with the event's people, and who did it; nothing of a person."""
    session().add(
        EventDeed(
            event_id=event.id,
            at=now(),
            actor_key=by.key,
            actor_name=by.name,
            deed=deed,
            about=about,
        )
    )
    session().flush()


def latest(of: Recorded) -> HistoryEntry | None:
    """What was written last; None for what is from before there was a history."""
    return _first(of)


def latest_of(events: Sequence[Event]) -> dict[int, EventRevision]:
    """What was written last of each, by the event's id; in one statement."""
    ids = [event.id for event in events]
    newest = (
        select(EventRevision.event_id, func.max(EventRevision.number).label("number"))
        .where(EventRevision.event_id.in_(ids))
        .group_by(EventRevision.event_id)
        .subquery()
    )
    is_newest = (EventRevision.event_id == newest.c.event_id) & (
        EventRevision.number == newest.c.number
    )
    found = session().scalars(select(EventRevision).join(newest, is_newest)) if ids else ()
    return {entry.event_id: entry for entry in found}


def find(of: Recorded, number: int) -> HistoryEntry | None:
    """The entry with this number."""
    return _first(of, number=number)


def compared_with(event: Event, entry: HistoryEntry) -> HistoryEntry | None:
    """The state that this one changed: of the draft, or of what everybody sees."""
    if entry.is_draft:
        return find(event, entry.number - 1)
    return applied_before(event, entry.number - 1)


def applied_before(event: Event, number: int) -> HistoryEntry | None:
    """The last entry up to this one that is no draft of changes."""
    return _first(event, EventRevision.step.not_in(DRAFT_STEPS), EventRevision.number <= number)


def entries_of(of: Recorded) -> Sequence[HistoryEntry]:
    """The latest entries, the newest first."""
    table, keys = _where(of)
    found = select(table).filter_by(**keys).order_by(table.number.desc()).limit(LIST_LIMIT)
    return session().scalars(found).all()


def newest_of_kind(kind: SharedKind) -> Sequence[SharedRevision]:
    """The newest entry of each thing of this kind."""
    newest = (
        select(SharedRevision.slug, func.max(SharedRevision.number).label("number"))
        .where(SharedRevision.kind == kind)
        .group_by(SharedRevision.slug)
        .subquery()
    )
    is_newest = and_(SharedRevision.slug == newest.c.slug, SharedRevision.number == newest.c.number)
    found = select(SharedRevision).join(newest, is_newest).where(SharedRevision.kind == kind)
    return session().scalars(found).all()


def _where(of: Recorded) -> tuple[type[Any], dict[str, Any]]:
    """The table with the history of something, and which of its rows."""
    if isinstance(of, Event):
        return EventRevision, {"event_id": of.id}
    return AnswerRevision if isinstance(of, Answered) else SharedRevision, of._asdict()


def _first(of: Recorded, *conditions: Any, **values: Any) -> HistoryEntry | None:
    table, keys = _where(of)
    found: HistoryEntry | None = session().scalar(
        select(table)
        .filter_by(**keys, **values)
        .where(*conditions)
        .order_by(table.number.desc())
        .limit(1)
    )
    return found

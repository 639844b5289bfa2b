"""The history of events: every state in which somebody left one, drafts of changes included.

Append-only; the database refuses to change what an entry says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from flask_stadtlabor.events.models import (
    DRAFT_STEPS,
    Deed,
    Event,
    EventDeed,
    EventRevision,
    Step,
)
from flask_stadtlabor.state import now, session

LIST_LIMIT = 200
"""Entries of one event that are listed."""


class By(NamedTuple):
    """Who did something, as it is kept: the host's opaque key, and the name as it was."""

    key: str = ""
    name: str = ""


def record(
    event: Event, document: dict[str, Any], *, step: Step, by: By, note: str = ""
) -> EventRevision:
    """Write down what an event, or the draft of its changes, is now; under the event's lock."""
    before = latest(event)
    entry = EventRevision(
        event_id=event.id,
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


def trail_of(event: Event) -> list[EventRevision | EventDeed]:
    """The latest states of the event and deeds about its people, the newest first."""
    found = select(EventDeed).where(EventDeed.event_id == event.id)
    deeds = session().scalars(found.order_by(EventDeed.id.desc()).limit(LIST_LIMIT))
    both = [*entries_of(event), *deeds]
    return sorted(both, key=lambda entry: entry.at, reverse=True)[:LIST_LIMIT]


def latest(event: Event) -> EventRevision | None:
    """What was written last; None for an event from before there was a history."""
    return _first(event, EventRevision.number > 0)


def find(event: Event, number: int) -> EventRevision | None:
    """The entry with this number."""
    return _first(event, EventRevision.number == number)


def applied_before(event: Event, number: int) -> EventRevision | None:
    """The last entry up to this one that is no draft of changes."""
    applied = EventRevision.step.not_in(DRAFT_STEPS)
    return _first(event, applied & (EventRevision.number <= number))


def entries_of(event: Event) -> Sequence[EventRevision]:
    """The latest entries, the newest first."""
    found = select(EventRevision).where(EventRevision.event_id == event.id)
    return session().scalars(found.order_by(EventRevision.number.desc()).limit(LIST_LIMIT)).all()


def _first(event: Event, condition: Any) -> EventRevision | None:
    found: EventRevision | None = session().scalar(
        select(EventRevision)
        .where(EventRevision.event_id == event.id, condition)
        .order_by(EventRevision.number.desc())
        .limit(1)
    )
    return found

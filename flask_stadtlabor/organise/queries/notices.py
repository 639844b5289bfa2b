"""What staff has yet to pass on to people whom no mail reaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, not_, select
from sqlalchemy.orm import contains_eager

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.queries import with_series
from flask_stadtlabor.registration.mails.overtaken import is_overtaken
from flask_stadtlabor.registration.models import DeskNotice, Registration
from flask_stadtlabor.state import session

LIST_LIMIT = 50
"""Messages that are listed at most: an event that is called off may leave a thousand."""


def events_with_notices() -> Sequence[Event]:
    """The events about which staff has yet to pass something on."""
    concerned = (
        select(Registration.event_id)
        .join(DeskNotice, DeskNotice.registration_id == Registration.id)
        .where(DeskNotice.done_at.is_(None))
    )
    return session().scalars(with_series().where(Event.id.in_(concerned))).all()


def open_notices(events: Iterable[Event]) -> Sequence[DeskNotice]:
    """What staff has yet to pass on about these events: the oldest, and the oldest first.

    Each with its registration and event.
    """
    return (
        session()
        .scalars(
            select(DeskNotice)
            .join(DeskNotice.registration)
            .join(Registration.event)
            .options(
                contains_eager(DeskNotice.registration).contains_eager(Registration.event),
            )
            .where(*_is_to_be_told(events))
            .order_by(DeskNotice.id)
            .limit(LIST_LIMIT)
        )
        .all()
    )


def count_notices(events: Iterable[Event]) -> int:
    """How much staff has yet to pass on about these events."""
    statement = (
        select(func.count())
        .select_from(DeskNotice)
        .join(DeskNotice.registration)
        .join(Registration.event)
        .where(*_is_to_be_told(events))
    )
    return session().scalar(statement) or 0


def find_notice(event: Event, number: int) -> DeskNotice | None:
    """The notice with this number about a registration for ``event``; None where there is none."""
    found: DeskNotice | None = session().scalar(
        select(DeskNotice)
        .join(DeskNotice.registration)
        .options(contains_eager(DeskNotice.registration))
        .where(DeskNotice.id == number, Registration.event_id == event.id)
    )
    return found


def notices_of(registration: Registration) -> Sequence[tuple[DeskNotice, bool]]:
    """All notices of one registration, the latest first; each with whether it is overtaken."""
    found = session().execute(
        select(DeskNotice, is_overtaken())
        .join(DeskNotice.registration)
        .join(Registration.event)
        .where(DeskNotice.registration_id == registration.id)
        .order_by(DeskNotice.id.desc())
    )
    return [(notice, bool(overtaken)) for notice, overtaken in found]


def _is_to_be_told(events: Iterable[Event]) -> tuple[ColumnElement[bool], ...]:
    of_events = Registration.event_id.in_([event.id for event in events])
    return of_events, DeskNotice.done_at.is_(None), not_(is_overtaken())

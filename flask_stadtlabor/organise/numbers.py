"""How many registered, came and stayed away, of one event or of many; aggregated by the database.

What retention and erasure delete is gone from every count but one: an event keeps how many people
had a confirmed seat (``seats_unnamed``). So each count says of how many it knows nothing any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select

from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.events.queries import with_series
from flask_stadtlabor.registration.models import PENDING, Registration, RegistrationState
from flask_stadtlabor.state import now, session, settings

MOST_DAYS = 31
"""Days that a picture shows one by one; longer times are shown by weeks, then by months."""
MOST_WEEKS = 40


class Attendance(NamedTuple):
    """Of those who had a confirmed seat."""

    came: int
    stayed_away: int
    unknown: int
    """Their registrations have been deleted, or nobody was checked in."""

    @property
    def everybody(self) -> int:
        """How many had a seat."""
        return self.came + self.stayed_away + self.unknown


@dataclass
class Counted:
    """What is stored of an event's registrations; people, where nothing else is said."""

    confirmed: int = 0
    pending: int = 0
    waiting: int = 0
    arrived: int = 0
    arrived_confirmed: int = 0
    """Those of ``arrived`` whose registration is confirmed."""
    by_language: Counter[str] = field(default_factory=Counter)
    """Confirmed registrations by the language of their mails."""
    first: datetime | None = None
    """When the first of the confirmed ones registered."""
    last: datetime | None = None

    def attendance(self, deleted: int) -> Attendance:
        """Who came; ``deleted`` people had a seat, and no more is known of them."""
        if not self.arrived:
            return Attendance(0, 0, self.confirmed + deleted)
        return Attendance(self.arrived, self.confirmed - self.arrived_confirmed, deleted)


def count(events: Iterable[Event]) -> Mapping[int, Counted]:
    """The counts of these events by their ids, in one statement."""
    ids = [event.id for event in events]
    found = {each: Counted() for each in ids}
    if not ids:
        return found
    rows = session().execute(
        select(
            Registration.event_id,
            Registration.state,
            Registration.language,
            func.count(),
            func.sum(Registration.party_size),
            func.sum(Registration.arrived),
            func.min(Registration.created_at),
            func.max(Registration.created_at),
        )
        .where(Registration.event_id.in_(ids))
        .group_by(Registration.event_id, Registration.state, Registration.language)
    )
    for event_id, state, language, parties, people, arrived, first, last in rows:
        counted = found[event_id]
        counted.arrived += int(arrived)
        if state == RegistrationState.CONFIRMED:
            counted.confirmed += int(people)
            counted.arrived_confirmed += int(arrived)
            counted.by_language[language] += int(parties)
            counted.first = min(first, counted.first or first)
            counted.last = max(last, counted.last or last)
        elif state in PENDING:
            counted.pending += int(people)
        elif state == RegistrationState.WAITING:
            counted.waiting += int(people)
    return found


class Span(StrEnum):
    """By what time is divided."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Stretch(NamedTuple):
    """A day, a week or a month, and how many people registered in it."""

    begins: date
    people: int


@dataclass(frozen=True)
class Course:
    """When those who have a seat registered."""

    span: Span
    stretches: Sequence[Stretch]

    @property
    def largest(self) -> Stretch:
        """The first of those in which most people registered."""
        return max(self.stretches, key=lambda stretch: stretch.people)


def course_of(event: Event, counted: Counted) -> Course | None:
    """When people with a confirmed seat registered, in one statement; None where there are none.

    Days are those of the event's zone, by its clock.
    """
    if counted.first is None or counted.last is None:
        return None
    days = (at.astimezone(event.zone).date() for at in (counted.first, counted.last))
    span, begins = _divided(*days)
    if len(begins) == 1:
        return Course(span, [Stretch(begins[0], counted.confirmed)])
    ends = [datetime.combine(day, time(), event.zone) for day in begins[1:]]
    before = [(Registration.created_at < end, at) for at, end in enumerate(ends)]
    stretch = case(*before, else_=len(ends))
    rows = session().execute(
        select(stretch, func.sum(Registration.party_size))
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED)
        .group_by(stretch)
    )
    people = {int(at): int(total) for at, total in rows}
    return Course(span, [Stretch(day, people.get(at, 0)) for at, day in enumerate(begins)])


def _divided(first: date, last: date) -> tuple[Span, list[date]]:
    days = (last - first).days + 1
    if days <= MOST_DAYS:
        return Span.DAY, [first + timedelta(days=each) for each in range(days)]
    monday = first - timedelta(days=first.weekday())
    weeks = (last - monday).days // 7 + 1
    if weeks <= MOST_WEEKS:
        return Span.WEEK, [monday + timedelta(weeks=each) for each in range(weeks)]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return Span.MONTH, [date(each // 12, each % 12 + 1, 1) for each in months]


def years_of_events() -> Sequence[int]:
    """The years in which events took place, the latest first; in one statement."""
    first, last = (
        session()
        .execute(select(func.min(Event.starts_at), func.max(Event.starts_at)).where(*_are_over()))
        .one()
    )
    if first is None:
        return ()
    zone = ZoneInfo(settings().timezone)
    return range(last.astimezone(zone).year, first.astimezone(zone).year - 1, -1)


def events_of_year(year: int) -> Sequence[Event]:
    """The events of a year that took place and are over, the earliest first."""
    zone = ZoneInfo(settings().timezone)
    begins, ends = (datetime(each, 1, 1, tzinfo=zone) for each in (year, year + 1))
    of_year = (*_are_over(), Event.starts_at >= begins, Event.starts_at < ends)
    return (
        session().scalars(with_series().where(*of_year).order_by(Event.starts_at, Event.id)).all()
    )


def _are_over() -> tuple[ColumnElement[bool], ...]:
    return Event.status == EventStatus.PUBLISHED, Event.ends_at <= now()

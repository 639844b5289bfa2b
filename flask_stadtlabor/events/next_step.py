"""Where an event stands in time, and what a person can do next about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from flask_stadtlabor.events.content import Results
from flask_stadtlabor.events.models import Event, EventStatus


class Phase(StrEnum):
    """An event's place in time."""

    AHEAD = "ahead"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"


class Step(StrEnum):
    """What the call to register says."""

    DRAFT = "draft"
    """It is not published, so that nobody can register."""
    COME = "come"
    """No registration is needed."""
    OPENS_LATER = "opens later"
    REGISTER = "register"
    WAITING_LIST = "waiting list"
    FULL = "full"
    CLOSED = "closed"
    OVER = "over"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"


class WhyFull(StrEnum):
    """Why a party that gets no seats cannot wait for some."""

    NO_SEATS = "no seats"
    """The event has none, and there is nothing to wait for."""
    LARGER_THAN_EVENT = "larger than the event"
    NO_WAITING_LIST = "no waiting list"
    QUEUE_HAS_ENDED = "queue has ended"
    """The event has begun."""


SAME_EVENING = timedelta(days=1)
"""An event with people inside stays the same event if its new start is no further ahead."""


class Dates(NamedTuple):
    """When an event begins and ends."""

    starts_at: datetime
    ends_at: datetime


class NextStep(NamedTuple):
    """The step, with what a person wants to know about it."""

    step: Step
    seats_at_least: int | None = None
    """How many seats are left, as everybody is told (:meth:`SeatCount.told
    <flask_stadtlabor.events.seat_count.SeatCount.told>`); None where there is no limit or no
    registration."""
    at: datetime | None = None
    """When registration opens (``OPENS_LATER``) or closes (``REGISTER``, ``WAITING_LIST``)."""
    why_full: WhyFull | None = None
    """Why nobody waits (``FULL``)."""

    @property
    def takes_registrations(self) -> bool:
        """Whether a registration sent now would be accepted."""
        return self.step in (Step.REGISTER, Step.WAITING_LIST)

    @property
    def party_is_too_large(self) -> bool:
        """Whether a smaller party than the one that was refused may get seats or wait for some."""
        is_larger = self.why_full == WhyFull.LARGER_THAN_EVENT
        return self.step == Step.FULL and (is_larger or bool(self.seats_at_least))


def phase_of(event: Event, now: datetime) -> Phase:
    """The event's phase at ``now``."""
    if event.status == EventStatus.CANCELLED:
        return Phase.CANCELLED
    if event.status == EventStatus.POSTPONED:
        return Phase.POSTPONED
    if now >= event.ends_at:
        return Phase.OVER
    return Phase.RUNNING if now >= event.starts_at else Phase.AHEAD


def results_told(event: Event, now: datetime) -> Results | None:
    """What came of an event, as everybody is told: once it is over, if it took place."""
    return event.results if phase_of(event, now) is Phase.OVER else None


def next_step(event: Event, now: datetime, *, by_staff: bool = False) -> NextStep:
    """The person's next step at ``now``; staff registers people outside of the window, too.

    Once the event has begun, the waiting list is no longer served: nobody joins it, and seats that
    are free go to whoever comes.
    """
    if event.status == EventStatus.DRAFT:
        return NextStep(Step.DRAFT)
    ended = {
        Phase.CANCELLED: Step.CANCELLED,
        Phase.POSTPONED: Step.POSTPONED,
        Phase.OVER: Step.OVER,
    }.get(phase_of(event, now))
    if ended is not None:
        return NextStep(ended)
    if not event.takes_registrations:
        return NextStep(Step.COME)
    seats = seats_told(event, now)
    if event.opens_at is not None and now < event.opens_at and not by_staff:
        return NextStep(Step.OPENS_LATER, seats, event.opens_at)
    if now >= closing_time(event) and not by_staff:
        return NextStep(Step.CLOSED)
    if seats is None or seats > 0:
        return NextStep(Step.REGISTER, seats, event.closes_at)
    why = why_nobody_waits(event, now)
    return NextStep(Step.FULL if why else Step.WAITING_LIST, 0, event.closes_at, why)


def why_nobody_waits(event: Event, now: datetime, party_size: int = 1) -> WhyFull | None:
    """Why a party that gets no seats cannot wait for some; None where it can.

    Pages promise a waiting list, and registrations are put on it, by this one rule.
    """
    if event.capacity == 0:
        return WhyFull.NO_SEATS
    if event.capacity is not None and party_size > event.capacity:
        return WhyFull.LARGER_THAN_EVENT
    if not event.waiting_list:
        return WhyFull.NO_WAITING_LIST
    return None if event.queue_is_served(now) else WhyFull.QUEUE_HAS_ENDED


def seats_left(event: Event, now: datetime) -> int | None:
    """Seats left at ``now``, for the office; None when there is no limit."""
    return event.seat_count.left(queue_is_served=event.queue_is_served(now))


def seats_told(event: Event, now: datetime) -> int | None:
    """How many seats are left at ``now``, as everybody is told; None when there is no limit."""
    return event.seat_count.told(queue_is_served=event.queue_is_served(now))


def closing_time(event: Event) -> datetime:
    """When registration closes: at the set time, and with the event's end at the latest."""
    return min(event.closes_at or event.ends_at, event.ends_at)


def next_turn(event: Event, now: datetime) -> datetime | None:
    """When time alone changes the phase or the next step; None for never again."""
    moments = (event.opens_at, closing_time(event), event.starts_at, event.ends_at)
    return min((moment for moment in moments if moment and moment > now), default=None)


def is_today(event: Event, now: datetime) -> bool:
    """Whether it is the event's day at ``now``, where it takes place; it begins with the doors."""
    begins = min(event.doors_at or event.starts_at, event.starts_at)
    first, here, last = (
        moment.astimezone(event.zone).date() for moment in (begins, now, event.ends_at)
    )
    return first <= here <= last


def begins_anew(former: Dates, dates: Dates, now: datetime) -> bool:
    """Whether an event was moved from ``former`` to ``dates`` that nobody has come to yet.

    Whoever came before came to another date, and no seat is taken by those of whom nothing is kept.
    If people are arriving already, a new start within a day means the same event with a delay.
    """
    was_moved = dates.starts_at != former.starts_at and now < dates.starts_at
    return was_moved and (former.ends_at <= now or dates.starts_at > now + SAME_EVENING)

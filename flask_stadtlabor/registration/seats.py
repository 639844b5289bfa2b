"""Seats: the one place that changes the counters of an event's seats and its waiting list.

Every function touches the event row, which thereby becomes the lock of all seats of the event:
call :func:`lock` first in an operation that reads before it changes.

Free seats belong to those who wait, until the event begins. Whom they wait for is told by one
number, the size of the smallest waiting party: where it is larger than the event, or where smaller
parties may pass and it is larger than what is free, nobody who waits can use those seats, and they
go to whoever comes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, func, or_, select, update
from sqlalchemy.orm.attributes import instance_state

from flask_stadtlabor.errors import AlreadyDeleted
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows

COUNTERS = (
    "seats_taken", "seats_confirmed", "parties_waiting", "smallest_party_waiting",
    "last_queue_number",
)  # fmt: skip


def lock(event: Event) -> None:
    """Take the event row until the transaction ends, and read it afresh.

    The UPDATE takes SQLite's write lock, the locking read sees the latest row where MariaDB's
    snapshot would show an old one.
    """
    _change(event, seats_taken=Event.seats_taken)
    reread(event)


def reread(row: Event | Registration) -> None:
    """Read a row afresh and lock it, without joins: PostgreSQL locks no outer join.

    Raises :class:`~flask_stadtlabor.errors.AlreadyDeleted` for one that is there no longer.
    """
    model = type(row)
    found = session().scalar(
        select(model)
        .where(model.id == _key(row))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise AlreadyDeleted


def fits(event: Event, seats: int) -> bool:
    """Whether :func:`take` would succeed for somebody new; certain only under :func:`lock`."""
    count = event.seat_count
    if count.free is not None and seats > count.free:
        return False
    return not count.queue_comes_first or event.starts_at <= now()


def take(event: Event, seats: int, *, from_queue: bool = False) -> bool:
    """Take seats if there are enough and nobody waits for them; False where not.

    A promotion takes them ``from_queue``, so that a freed seat never goes past the waiting list.
    One conditional UPDATE: right under any number of parallel requests, on every engine (S6).
    """
    conditions = [or_(Event.capacity.is_(None), Event.seats_taken + seats <= Event.capacity)]
    if not from_queue:
        conditions.append(_nobody_comes_first())
    return _change(event, *conditions, seats_taken=Event.seats_taken + seats)


def _nobody_comes_first() -> ColumnElement[bool]:
    """``SeatCount.queue_comes_first``, denied, as the database reckons it."""
    largest_in_turn = case(
        (Event.smaller_parties_may_pass, Event.capacity - Event.seats_taken), else_=Event.capacity
    )
    return or_(
        Event.smallest_party_waiting.is_(None),
        Event.smallest_party_waiting > largest_in_turn,
        Event.starts_at <= now(),
    )


def release(event: Event, seats: int) -> None:
    """Give back the seats of a registration whose row is changed or deleted already."""
    _change(event, seats_taken=Event.seats_taken - seats, seats_confirmed=_confirmed_of(event))


def count_confirmed(event: Event) -> None:
    """Count the confirmed seats, after a registration was confirmed or changed its party's size."""
    _change(event, seats_confirmed=_confirmed_of(event))


def _confirmed_of(event: Event) -> ScalarSelect[int]:
    """Counted anew each time, so that no slip lasts."""
    return (
        select(func.coalesce(func.sum(Registration.party_size), 0))
        .where(
            Registration.event_id == _key(event),
            Registration.state == RegistrationState.CONFIRMED,
        )
        .scalar_subquery()
    )


def new_queue_number(event: Event) -> int:
    """A number for a party that begins to wait, larger than all before."""
    _change(event, last_queue_number=Event.last_queue_number + 1)
    number = session().scalar(select(Event.last_queue_number).where(Event.id == _key(event)))
    return int(number or 0)


def count_queue(event: Event) -> None:
    """Count those who wait, after somebody joined or left them or changed their party's size."""
    waiting = (
        Registration.event_id == _key(event),
        Registration.state == RegistrationState.WAITING,
    )
    _change(
        event,
        parties_waiting=select(func.count()).where(*waiting).scalar_subquery(),
        smallest_party_waiting=select(func.min(Registration.party_size))
        .where(*waiting)
        .scalar_subquery(),
    )


def _change(event: Event, *conditions: Any, **values: Any) -> bool:
    count = change_rows(update(Event).where(Event.id == _key(event), *conditions).values(**values))
    session().expire(event, COUNTERS)
    return count == 1


def _key(row: Event | Registration) -> int:
    """The primary key without a read, which an expired object would start."""
    identity = instance_state(row).identity
    if identity is None:
        raise ValueError("Only a stored row can be locked.")
    return int(identity[0])

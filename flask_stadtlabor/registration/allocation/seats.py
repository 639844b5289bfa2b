"""Seats: the one place that changes the counters of an event's seats and its waiting list.

Every function changes or asks an event that is locked (:mod:`flask_stadtlabor.events.locks`).

Free seats belong to those who wait, until the event begins. One number decides whether the waiting
list can use them: the size of the smallest waiting party. If that party is larger than the event,
or (where smaller parties may pass) larger than the free seats, the seats go to new registrations.
"""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, or_, select, update

from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import SEATED, Registration, RegistrationState
from flask_stadtlabor.registration.refusals import NoSeats
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows

COUNTERS = (
    "seats_taken",
    "seats_unnamed",
    "seats_confirmed",
    "parties_waiting",
    "smallest_party_waiting",
    "last_queue_number",
    "registrations_mark",
)


def fits(within: LockedEvent, seats: int, *, from_queue: bool = False) -> bool:
    """Whether that many seats can be taken: there are enough, and nobody waits for them.

    A promotion takes them ``from_queue``, so that a freed seat never goes past the waiting list.
    """
    event = within.event
    count = event.seat_count
    if count.free is not None and seats > count.free:
        return False
    return from_queue or not count.queue_comes_first or not event.queue_is_served(now())


def take(within: LockedEvent, seats: int, *, from_queue: bool = False) -> None:
    """Take seats that :func:`fits` grants; raises :class:`~.refusals.NoSeats` where it does not.

    The UPDATE is conditional all the same: no row ever has more seats taken than there are,
    whatever was read before (S6).
    """
    if not fits(within, seats, from_queue=from_queue):
        raise NoSeats
    values = {"event": within.event.id, "seats": seats, "mark": token_hex(16)}
    taken = change_rows(_TAKE, values)
    _read_again(within)
    if not taken:
        raise NoSeats


_TAKE = (
    update(Event)
    .where(
        Event.id == bindparam("event"),
        or_(Event.capacity.is_(None), Event.seats_taken + bindparam("seats") <= Event.capacity),
    )
    .values(
        seats_taken=Event.seats_taken + bindparam("seats"), registrations_mark=bindparam("mark")
    )
)


def release(within: LockedEvent, seats: int) -> None:
    """Give back the seats of a registration whose row is changed or deleted already."""
    _change(within, seats_taken=Event.seats_taken - seats, seats_confirmed=_confirmed_of(within))


def count_confirmed(within: LockedEvent) -> None:
    """Count the confirmed seats, after a registration was confirmed or changed its party's size."""
    _change(within, seats_confirmed=_confirmed_of(within))


def _confirmed_of(within: LockedEvent) -> ColumnElement[int]:
    """Recounted each time, so that a wrong count corrects itself."""
    return _seats_of(within, [RegistrationState.CONFIRMED]) + Event.seats_unnamed


def _seats_of(within: LockedEvent, states: Sequence[RegistrationState]) -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(Registration.party_size), 0))
        .where(
            Registration.event_id == within.event.id,
            Registration.state.in_(states),
        )
        .scalar_subquery()
    )


def unname(within: LockedEvent, seats: int) -> None:
    """Keep seats as taken when the personal data of their owners is deleted."""
    _change(within, seats_unnamed=Event.seats_unnamed + seats)


def note_change(within: LockedEvent) -> None:
    """Note that something else changed by which registrations are counted.

    That is an arrival, a language, or a registration without a seat that is deleted.
    """
    _change(within)


def count_anew(within: LockedEvent) -> None:
    """Count seats and waiting list by the registrations that are there."""
    _change(
        within,
        seats_taken=_seats_of(within, SEATED) + Event.seats_unnamed,
        seats_confirmed=_confirmed_of(within),
    )
    count_queue(within)


def new_queue_number(within: LockedEvent) -> int:
    """A number for a party that begins to wait, larger than all before."""
    _change(within, last_queue_number=Event.last_queue_number + 1)
    number = session().scalar(select(Event.last_queue_number).where(Event.id == within.event.id))
    return int(number or 0)


def count_queue(within: LockedEvent) -> None:
    """Count those who wait, after somebody joined or left them or changed their party's size."""
    waiting = (
        Registration.event_id == within.event.id,
        Registration.state == RegistrationState.WAITING,
    )
    _change(
        within,
        parties_waiting=select(func.count()).where(*waiting).scalar_subquery(),
        smallest_party_waiting=select(func.min(Registration.party_size))
        .where(*waiting)
        .scalar_subquery(),
    )


def _change(within: LockedEvent, **values: Any) -> None:
    changed = {**values, "registrations_mark": token_hex(16)}
    change_rows(update(Event).where(Event.id == within.event.id).values(changed))
    _read_again(within)


def _read_again(within: LockedEvent) -> None:
    """Have the counters read again where somebody asks for them."""
    session().expire(within.event, COUNTERS)

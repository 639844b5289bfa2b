"""Check-in: how many have arrived, when and where; of two doors, only one checks a party in."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from flask_stadtlabor import signals
from flask_stadtlabor.consent.models import ActorKind, Method
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.next_step import Phase, phase_of
from flask_stadtlabor.registration import later_forms
from flask_stadtlabor.registration.allocation import seats
from flask_stadtlabor.registration.allocation.waiting_list import promote
from flask_stadtlabor.registration.locks import Locked, lock_found
from flask_stadtlabor.registration.models import PENDING, Registration, RegistrationState
from flask_stadtlabor.registration.operations import transitions
from flask_stadtlabor.registration.refusals import NotPossible
from flask_stadtlabor.state import now, session

LONGEST_DOOR = 100
"""Signs that the name of a door may have."""


class Arrival(NamedTuple):
    """Since when a party is there, and where it came in."""

    at: datetime
    where: str | None
    people: int
    """How many of them are inside."""
    is_new: bool
    """False where somebody else had let them in before."""


def check_in(
    locked: Locked,
    where: str | None,
    *,
    people: int | None = None,
    seen: int = 0,
    at: datetime | None = None,
) -> Arrival:
    """So many ``people`` of the party have arrived at the door ``where``; all who are missing.

    ``seen`` is how many were inside by the page on which that was said: of two doors at the same
    moment one is first, and the other is told when and where. They arrived ``at`` that moment, or
    now. Raises
    :class:`~.refusals.NotPossible` for a party that is not
    confirmed or not as large, and for an event that does not take place.
    """
    registration = locked.registration
    if phase_of(locked.event, now()) in (Phase.CANCELLED, Phase.POSTPONED):
        raise NotPossible
    missing = registration.party_size - registration.arrived
    if registration.checked_in_at is not None and (registration.arrived != seen or not missing):
        return _arrival(registration, is_new=False)
    coming = missing if people is None else people
    if registration.state != RegistrationState.CONFIRMED or not 1 <= coming <= missing:
        raise NotPossible
    registration.arrived += coming
    if registration.checked_in_at is None:
        registration.checked_in_at = at or now()
        registration.checked_in_where = where
    session().flush()
    seats.note_change(locked)
    # staff asks people who are present, so only the noes of a later form count (C15)
    later_forms.settle(locked)
    signals.send(signals.registration_checked_in, registration=registration)
    return _arrival(registration, is_new=True)


def let_in(locked: Locked, where: str | None, *, people: int | None = None) -> Arrival:
    """The party stands at the door and is not confirmed yet: it gets its seats and comes in.

    Held and offered seats are still theirs as long as nobody has ended that; a party that waits
    gets free seats, whoever else waits, because it is here. Never goes over the capacity: raises
    :class:`NoSeats`. Raises :class:`~.refusals.NotPossible` for a
    registration that was cancelled or has ended, and for an event that does not take place.
    """
    registration = locked.registration
    if registration.state == RegistrationState.WAITING:
        seats.take(locked, registration.party_size, from_queue=True)
        registration.state = RegistrationState.OFFERED
        registration.queue_number = None
        session().flush()
        seats.count_queue(locked)
    if registration.state in PENDING:
        registration.expires_at = None
        session().flush()
    transitions.confirm(locked, actor=ActorKind.STAFF, method=Method.KIOSK)
    return check_in(locked, where, people=people)


def undo(locked: Locked, arrived_at: datetime, people: int) -> bool:
    """Take back that ``people`` of the party were let in, the first of them at ``arrived_at``.

    Returns False, and does nothing, when that was taken back already, more of them came, or the
    party was let in anew since.
    """
    registration = locked.registration
    if (registration.checked_in_at, registration.arrived) != (arrived_at, people):
        return False
    _forget_arrival(locked)
    return True


def give_on(locked: Locked, people: int) -> int:
    """The others of a party stay away, and their seats go on; returns how many seats that were.

    ``people`` is how many were inside by the page on which that was said; 0 where that has changed
    since. Before the start those who wait are first, then whoever comes.
    """
    registration = locked.registration
    missing = registration.party_size - registration.arrived
    # a party that cancelled while the event had no date has no seats any more
    has_seats = registration.state == RegistrationState.CONFIRMED
    is_inside = has_seats and transitions.is_inside(registration)
    if not is_inside or registration.arrived != people or not missing:
        return 0
    registration.party_size = registration.arrived
    session().flush()
    seats.release(locked, missing)
    promote(locked)
    signals.send(
        signals.registration_changed,
        registration=registration,
        changes=frozenset({"party_size"}),
    )
    return missing


def forget_arrivals(within: LockedEvent) -> None:
    """The event has another date, at which nobody has arrived yet."""
    came = select(Registration).where(Registration.arrived > 0).order_by(Registration.id)
    for locked in lock_found(within, came):
        _forget_arrival(locked)


def _forget_arrival(locked: Locked) -> None:
    registration = locked.registration
    registration.arrived = 0
    registration.checked_in_at = None
    registration.checked_in_where = None
    session().flush()
    seats.note_change(locked)
    signals.send(signals.registration_check_in_undone, registration=registration)


def _arrival(registration: Registration, *, is_new: bool) -> Arrival:
    at = registration.checked_in_at or now()
    return Arrival(at, registration.checked_in_where, registration.arrived, is_new)

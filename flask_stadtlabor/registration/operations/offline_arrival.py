"""Arrivals that a door without a network tells of later: each counts once."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.registration.locks import Locked, find_under
from flask_stadtlabor.registration.models import OfflineArrival, Registration
from flask_stadtlabor.registration.operations.check_in import Arrival, check_in
from flask_stadtlabor.registration.refusals import NotPossible
from flask_stadtlabor.state import now, session


class ToldArrival(NamedTuple):
    """An arrival, as the device at the door tells of it."""

    key: str
    """The same however often it is told."""
    number: int
    """Of the registration."""
    people: int
    seen: int
    """How many of the party were inside, as far as the device knew."""
    at: datetime
    """By the clock of the device."""
    prepared_at: datetime
    """When the device got its list, by our clock."""
    where: str | None


class Recorded(NamedTuple):
    """What became of a told arrival."""

    arrival: Arrival | None
    """``is_new`` where it counts; None where the party could not come in."""
    state: str | None
    """Where the registration stands; None where the event has none with that number."""


def record(within: LockedEvent, told: ToldArrival) -> Recorded:
    """Let the party in as of then, unless this was done already or another door was first.

    The device's time counts as far as it can be true: not before it got its list, not after now.
    """
    numbered = select(Registration).where(Registration.id == told.number)
    locked = next(iter(find_under(within, numbered)), None)
    if locked is None:
        return Recorded(None, None)
    state = locked.registration.state
    if session().get(OfflineArrival, (told.number, told.key)) is not None:
        return Recorded(_as_recorded(locked.registration), state)
    try:
        arrival = _check_in(locked, told)
    except NotPossible:
        return Recorded(None, state)
    if arrival.is_new:
        session().add(OfflineArrival(registration_id=told.number, key=told.key))
        session().flush()
    return Recorded(arrival, state)


def _check_in(locked: Locked, told: ToldArrival) -> Arrival:
    at = min(max(told.at, told.prepared_at), now())
    return check_in(locked, told.where, people=told.people, seen=told.seen, at=at)


def _as_recorded(registration: Registration) -> Arrival:
    """What was said when it was recorded, even if staff has taken it back since."""
    at = registration.checked_in_at or now()
    return Arrival(at, registration.checked_in_where, registration.arrived, is_new=True)

"""The door: who has arrived, when and where; of two doors, one lets a party in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import update

from flask_stadtlabor import signals
from flask_stadtlabor.consent.models import By, Method
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import Phase, phase_of
from flask_stadtlabor.registration import seats, states
from flask_stadtlabor.registration.models import PENDING, Registration, RegistrationState
from flask_stadtlabor.registration.states import NotPossible
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows

LONGEST_DOOR = 100
"""Signs that the name of a door may have."""


class Arrival(NamedTuple):
    """When and where a party came in."""

    at: datetime
    where: str | None
    is_first: bool
    """False where somebody else had let the party in before."""


class NoSeats(Exception):
    """There are not enough free seats for the party."""


def check_in(registration: Registration, where: str | None) -> Arrival:
    """The party has arrived at the door ``where``.

    Of two doors at the same moment one is first, and the other is told when and where. Raises
    :class:`~flask_stadtlabor.registration.states.NotPossible` for a party that is not
    confirmed, and for an event that does not take place.
    """
    event = session().get_one(Event, registration.event_id)
    if phase_of(event, now()) in (Phase.CANCELLED, Phase.POSTPONED):
        raise NotPossible
    is_first = _change(
        registration,
        Registration.checked_in_at.is_(None),
        Registration.state == RegistrationState.CONFIRMED,
        checked_in_at=now(),
        checked_in_where=where,
    )
    if registration.checked_in_at is None:
        raise NotPossible
    if is_first:
        signals.send(signals.registration_checked_in, registration=registration)
    return Arrival(registration.checked_in_at, registration.checked_in_where, is_first)


def let_in(registration: Registration, where: str | None) -> Arrival:
    """The party stands at the door and is not confirmed yet: it gets its seats and comes in.

    Held and offered seats are still theirs as long as nobody has ended that; a party that waits
    gets free seats, whoever else waits, because it is here. Never goes over the capacity: raises
    :class:`NoSeats`. Raises :class:`~flask_stadtlabor.registration.states.NotPossible` for a
    registration that was cancelled or has ended, and for an event that does not take place.
    """
    event = states.locked(registration)
    if registration.state == RegistrationState.WAITING:
        if not seats.take(event, registration.party_size, from_queue=True):
            raise NoSeats
        registration.state = RegistrationState.OFFERED
        registration.queue_number = None
        session().flush()
        seats.count_queue(event)
    if registration.state in PENDING:
        registration.expires_at = None
        session().flush()
    states.confirm(registration, actor=By.STAFF, method=Method.KIOSK)
    return check_in(registration, where)


def undo(registration: Registration, arrived_at: datetime) -> bool:
    """Take back that the party arrived at ``arrived_at``.

    Returns False, and does nothing, when that was taken back already, or the party was let in anew
    since.
    """
    is_undone = _change(
        registration,
        Registration.checked_in_at == arrived_at,
        checked_in_at=None,
        checked_in_where=None,
    )
    if is_undone:
        signals.send(signals.registration_check_in_undone, registration=registration)
    return is_undone


def _change(registration: Registration, *conditions: Any, **values: Any) -> bool:
    """One conditional UPDATE, which waits for whoever was quicker; then the row as it is now."""
    count = change_rows(
        update(Registration).where(Registration.id == registration.id, *conditions).values(**values)
    )
    seats.reread(registration)
    return count == 1

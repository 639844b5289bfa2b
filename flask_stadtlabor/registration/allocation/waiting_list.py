"""The waiting list: first come, first served.

Smaller parties overtake one that does not fit yet only if the event allows it. A party that is
larger than the event (after the capacity was lowered) keeps its place and blocks nobody.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from flask_stadtlabor import signals
from flask_stadtlabor.by_staff import By
from flask_stadtlabor.events.history import record_deed
from flask_stadtlabor.events.history_models import Deed
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.allocation import seats
from flask_stadtlabor.registration.locks import Locked, lock_found
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.registration.refusals import NotPossible
from flask_stadtlabor.state import now, session


def promote(within: LockedEvent) -> int:
    """Offer free seats to those who wait, in their order; returns how many parties were offered.

    An offer never lasts beyond the event's start, and none is made for an event that has begun or
    does not take place.
    """
    offered = 0
    while within.event.makes_offers(now()):
        first = _next_in_turn(within)
        if first is None:
            break
        party_size = first.registration.party_size
        if not seats.fits(within, party_size, from_queue=True):
            break
        seats.take(within, party_size, from_queue=True)
        _offer(first)
        offered += 1
    if offered:
        seats.count_queue(within)
    return offered


def promote_out_of_turn(locked: Locked, reason: str, by: By) -> None:
    """Offer seats to a party that staff has chosen, whoever waits before it.

    The ``reason`` stands in the trail of the event, which does not say who the party is. Raises
    :class:`~.refusals.NotPossible` for a party that does not wait or an event that makes no offers,
    and :class:`~.refusals.NoSeats` where too few are free.
    """
    registration = locked.registration
    if registration.state != RegistrationState.WAITING or not locked.event.makes_offers(now()):
        raise NotPossible
    seats.take(locked, registration.party_size, from_queue=True)
    _offer(locked)
    seats.count_queue(locked)
    about = {"people": registration.party_size, "reason": reason}
    record_deed(locked.event, Deed.PROMOTED, about, by=by)


def place_in_queue(registration: Registration) -> int | None:
    """The party's place among those who wait, 1 being next; None for one that does not wait.

    Parties that are larger than the whole event are not counted, because nobody waits for them.
    """
    if registration.state != RegistrationState.WAITING:
        return None
    conditions = [
        *_waiting(registration.event),
        Registration.queue_number < registration.queue_number,
    ]
    if registration.event.capacity is not None:
        conditions.append(Registration.party_size <= registration.event.capacity)
    ahead = session().scalar(select(func.count()).where(*conditions))
    return int(ahead or 0) + 1


def _next_in_turn(within: LockedEvent) -> Locked | None:
    event = within.event
    statement = select(Registration).where(*_waiting(event))
    largest = event.seat_count.largest_in_turn
    if largest is not None:
        statement = statement.where(Registration.party_size <= largest)
    found = lock_found(within, statement.order_by(Registration.queue_number).limit(1))
    return found[0] if found else None


def _waiting(event: Event) -> tuple[ColumnElement[bool], ...]:
    return (
        Registration.event_id == event.id,
        Registration.state == RegistrationState.WAITING,
    )


def _offer(locked: Locked) -> None:
    registration = locked.registration
    registration.state = RegistrationState.OFFERED
    registration.queue_number = None
    registration.expires_at = registration.new_deadline()
    session().flush()
    send_mail(kinds.OFFERED, registration)
    signals.send(signals.registration_promoted, registration=registration)

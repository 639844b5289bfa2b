"""The waiting list: first come, first served; a party that does not fit yet is not passed."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor import signals
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import Phase, phase_of
from flask_stadtlabor.registration import mails, seats
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.state import now, session, settings


def promote(event: Event) -> int:
    """Offer free seats to those who wait, in their order; returns how many parties were offered.

    The event row must be locked. An offer never lasts beyond the event's start, and none is made
    for an event that has begun or does not take place.
    """
    offered = 0
    while phase_of(event, now()) == Phase.AHEAD:
        first = _first_waiting(event)
        if first is None or not seats.take(event, first.party_size, from_queue=True):
            break
        seats.leave_queue(event)
        _offer(event, first)
        offered += 1
    return offered


def place_in_queue(registration: Registration) -> int | None:
    """The party's place among those who wait, 1 being next; None for one that does not wait."""
    if registration.state != RegistrationState.WAITING:
        return None
    ahead = session().scalar(
        select(func.count())
        .select_from(Registration)
        .where(
            Registration.event_id == registration.event_id,
            Registration.state == RegistrationState.WAITING,
            Registration.queue_number < registration.queue_number,
        )
    )
    return int(ahead or 0) + 1


def _first_waiting(event: Event) -> Registration | None:
    return session().scalar(
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.state == RegistrationState.WAITING,
        )
        .order_by(Registration.queue_number)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _offer(event: Event, registration: Registration) -> None:
    set_committed_value(registration, "event", event)
    registration.state = RegistrationState.OFFERED
    registration.queue_number = None
    registration.expires_at = min(now() + settings().offer_within, event.starts_at)
    session().flush()
    mails.send("offered", registration)
    signals.send(signals.registration_promoted, registration=registration)

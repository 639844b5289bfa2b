"""What falls due by itself: holds, offers and consents that end, free seats, asking again."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from sqlalchemy import or_, select

from flask_stadtlabor.consent.expiry import any_expired, end_expired
from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.registration import seats
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.registration.operations import end_overdue
from flask_stadtlabor.registration.renewals import (
    ask_again,
    events_to_ask,
    finish_asking,
    purposes_to_ask,
)
from flask_stadtlabor.registration.waiting_list import promote
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import commit


class DueReport(NamedTuple):
    """What was done."""

    ended: int
    """Holds and offers that ended."""
    offered: int
    """Parties that were offered seats."""
    consents_ended: int
    """Consents whose time was over."""
    asked_again: int
    """People who were asked again because a text changed in substance."""


def run_due() -> DueReport:
    """Do all that is due, one event a transaction, so that nobody waits long for an event's lock.

    Safe to run by several workers at once, and again at any time.
    """
    ended = offered = 0
    for event_id in _events_with_overdue():
        event = session().get(Event, event_id)
        if event is not None:
            ended += commit(partial(end_overdue, event))
    for event_id in _events_with_room_for_the_queue():
        event = session().get(Event, event_id)
        if event is not None:
            offered += commit(partial(offer_free_seats, event))
    return DueReport(ended, offered, _end_consents(), _ask_again())


def offer_free_seats(event: Event) -> int:
    """Offer what became free, by a larger capacity for instance; returns the number of offers."""
    seats.lock(event)
    return promote(event)


def _end_consents() -> int:
    """Write down what the clock has ended already, a batch a transaction."""
    ended = 0
    while any_expired():
        ended += commit(end_expired)
    return ended


def _ask_again() -> int:
    """Ask people again whose yes is about a text that changed in substance."""
    asked = 0
    slugs = purposes_to_ask()
    for event_id in events_to_ask(slugs):
        event = session().get(Event, event_id)
        while event is not None and (batch := commit(partial(ask_again, event, slugs))):
            asked += batch
    if slugs:
        commit(partial(finish_asking, slugs))
    return asked


def _events_with_overdue() -> list[int]:
    return list(
        session().scalars(
            select(Registration.event_id)
            .where(
                Registration.state.in_((RegistrationState.HELD, RegistrationState.OFFERED)),
                Registration.expires_at <= now(),
            )
            .distinct()
        )
    )


def _events_with_room_for_the_queue() -> list[int]:
    return list(
        session().scalars(
            select(Event.id).where(
                Event.parties_waiting > 0,
                Event.status == EventStatus.PUBLISHED,
                Event.starts_at > now(),
                or_(Event.capacity.is_(None), Event.seats_taken < Event.capacity),
            )
        )
    )

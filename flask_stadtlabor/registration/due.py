"""What falls due by itself: holds, offers and consents that end, free seats, mails in time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from sqlalchemy import or_, select, update

from flask_stadtlabor.consent.expiry import any_expired, end_expired
from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.registration import seats
from flask_stadtlabor.registration.models import PENDING, Registration, RegistrationState
from flask_stadtlabor.registration.renewals import (
    ask_again,
    events_to_ask,
    finish_asking,
    purposes_to_ask,
)
from flask_stadtlabor.registration.states import end_overdue
from flask_stadtlabor.registration.timely import write_reminders, write_thanks
from flask_stadtlabor.registration.waiting_list import promote
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import commit


class DueReport(NamedTuple):
    """What was done."""

    ended: int
    """Holds and offers that ended."""
    offered: int
    """Parties that were offered seats."""
    reminded: int
    thanked: int
    consents_ended: int
    """Consents whose time was over."""
    asked_again: int
    """People who were asked again because a text changed in substance."""


def run_due(stop: Callable[[], bool] = lambda: False) -> DueReport:
    """Do all that is due, one event a transaction, so that nobody waits long for an event's lock.

    Safe to run by several workers at once, and again at any time. ``stop()`` is asked between the
    mails, of which there may be many.
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
    return DueReport(
        ended, offered, write_reminders(stop), write_thanks(stop), _end_consents(), _ask_again()
    )


def offer_free_seats(event: Event) -> int:
    """Offer what became free, by a larger capacity for instance; returns the number of offers."""
    seats.lock(event)
    return promote(event)


FOLLOWED = frozenset(
    {
        "capacity",
        "smaller_parties_may_pass",
        "status",
        "starts_at",
        "ends_at",
        "takes_registrations",
    }
)
"""The fields of an event whose change moves deadlines or the waiting list."""


def follow_change(event: Event, changed: frozenset[str]) -> int:
    """What follows at once from a change of the event; returns how many parties were offered seats.

    Holds end with the event and offers with its start, also when those were moved; what became free
    is offered.
    """
    if not changed & FOLLOWED:
        return 0
    seats.lock(event)
    for state, end in (
        (RegistrationState.HELD, event.ends_at),
        (RegistrationState.OFFERED, event.starts_at),
    ):
        session().execute(
            update(Registration)
            .where(
                Registration.event_id == event.id,
                Registration.state == state,
                Registration.expires_at > end,
            )
            .values(expires_at=end)
        )
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
                Registration.state.in_(PENDING),
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
                or_(
                    Event.capacity.is_(None),
                    Event.seats_taken + Event.smallest_party_waiting <= Event.capacity,
                ),
            )
        )
    )

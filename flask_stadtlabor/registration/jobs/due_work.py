"""Due work: expiring holds, offers and consents, free seats, scheduled mails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import select, update

from flask_stadtlabor.consent.answers.expiry import end_expired, expired_after
from flask_stadtlabor.events.locks import LockedEvent, lock_event, lock_event_numbered
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.operations import EventChange
from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.registration.allocation import seats
from flask_stadtlabor.registration.allocation.waiting_list import promote
from flask_stadtlabor.registration.jobs.group_messages import write_messages
from flask_stadtlabor.registration.jobs.later_noes import BATCH_SIZE, people_with_noes, write_noes
from flask_stadtlabor.registration.jobs.reconsent import (
    ask_again,
    events_to_ask,
    finish_asking,
    people_to_ask,
    purposes_to_ask,
)
from flask_stadtlabor.registration.jobs.reminders import write_reminders, write_thanks
from flask_stadtlabor.registration.models import PENDING, Registration, RegistrationState
from flask_stadtlabor.registration.operations import check_in
from flask_stadtlabor.registration.operations.earlier_yeses import end_yeses, people_with_yeses
from flask_stadtlabor.registration.operations.transitions import end_overdue
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
    written: int = 0
    """Mails of messages to groups."""
    failed: int = 0
    """Parts that failed, which are done again in the next round."""


def run_due(stop: Callable[[], bool] = lambda: False) -> DueReport:
    """Do all that is due, one event a transaction, so that nobody waits long for an event's lock.

    Safe to run by several workers at once, and again at any time. ``stop()`` is asked between the
    mails, of which there may be many. What fails about one event, a host's receiver for instance,
    undoes its own transaction and is tried again in the next round; all else is done (S17).
    """
    parts = Parts()
    # first, before mails are sent that depend on them
    _follow_noes(parts, "Writing down noes", people_with_noes, write_noes)
    _follow_noes(parts, "Ending earlier yeses", people_with_yeses, end_yeses)
    return DueReport(
        ended=_for_each(
            parts, "Ending holds and offers", _events_with_overdue, _in_one(end_overdue)
        ),
        offered=_for_each(
            parts,
            "Offering free seats",
            _events_with_room_for_the_queue,
            _in_one(promote),
        ),
        reminded=write_reminders(stop, parts),
        thanked=write_thanks(stop, parts),
        consents_ended=_end_consents(parts),
        asked_again=_ask_again(parts),
        written=write_messages(stop, parts),
        failed=parts.failed,
    )


def _follow_noes(
    parts: Parts,
    name: str,
    find: Callable[[], dict[int, list[int]]],
    write: Callable[[LockedEvent, Sequence[int]], int],
) -> None:
    """Record the consequences of noes, in small batches."""
    found: dict[int, list[int]] = {}
    with parts.part(name):
        found = find()

    def write_some(event_id: int, people: Sequence[int]) -> int:
        return write(lock_event_numbered(event_id), people)

    for event_id, people in found.items():
        for first in range(0, len(people), BATCH_SIZE):
            some = people[first : first + BATCH_SIZE]
            parts.in_one_or_each(name, some, partial(write_some, event_id))


def _for_each(
    parts: Parts, name: str, find: Callable[[], list[int]], work: Callable[[Event], int]
) -> int:
    """Do ``work`` for each event that ``find`` names; returns the sum of what it does."""
    done = 0
    events: list[int] = []
    with parts.part(name):
        events = find()
    for event_id in events:
        with parts.part(f"{name} (event {event_id})"):
            event = session().get(Event, event_id)
            if event is not None:
                done += work(event)
    return done


def _in_one(work: Callable[[LockedEvent], int]) -> Callable[[Event], int]:
    """``work`` in a transaction of its own, under the event's lock."""
    return lambda event: commit(lambda: work(lock_event(event)))


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


def follow_change(within: LockedEvent, change: EventChange) -> int:
    """What follows at once from a change of the event; returns how many parties were offered seats.

    Seats are counted anew. Holds end with the event and offers with its start, also when those were
    moved; what became free is offered.
    """
    if not change.changed & FOLLOWED:
        return 0
    event = within.event
    if change.begins_anew:
        check_in.forget_arrivals(within)
    seats.count_anew(within)
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
    return promote(within)


def _end_consents(parts: Parts) -> int:
    """Write down what the clock has ended already, a batch a transaction."""
    name = "Ending consents"
    ended = after = 0
    while True:
        batch: list[int] = []
        with parts.part(name):
            batch = expired_after(after)
        if not batch:
            return ended
        ended += parts.in_one_or_each(name, batch, end_expired)
        after = batch[-1]


def _ask_again(parts: Parts) -> int:
    """Ask people again whose yes is about a text that changed in substance."""
    name = "Asking again about a text"
    slugs: list[str] = []
    with parts.part(name):
        slugs = purposes_to_ask()

    def ask_some(event: Event, people: Sequence[int]) -> int:
        return ask_again(lock_event(event), slugs, people)

    def ask(event: Event) -> int:
        asked = after = 0
        while people := people_to_ask(event, slugs, after):
            asked += parts.in_one_or_each(name, people, partial(ask_some, event))
            after = people[-1]
        return asked

    if not slugs:
        return 0
    asked = _for_each(parts, name, partial(events_to_ask, slugs), ask)
    with parts.part(name):
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
            select(Event.id).where(Event.makes_offers(now()), Event.seats_wait_for_queue)
        )
    )

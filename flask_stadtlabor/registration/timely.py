"""Mails that an event's time brings: reminders before it, thanks after it.

They are written a few at a time, each batch in a transaction of its own under the event's lock:
however many workers do this at once, nobody gets one twice, and nobody after the event was called
off. Whoever registers meanwhile waits for one batch at most.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import load_only
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.registration import mails, seats
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.registration.restriction import is_unrestricted
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import commit

BATCH = 25
"""How many mails one transaction writes."""
THANKS_WITHIN = timedelta(days=3)
"""How long after its end an event is worth a thank-you."""


def write_reminders(stop: Callable[[], bool]) -> int:
    """Remind everybody whose event begins within the hours that it asks for; returns how many.

    Several reminders that were missed become one. An event that was moved reminds again.
    """
    # a worker that watches asks this every few seconds, so that it reads no more than it needs
    upcoming = session().scalars(
        select(Event)
        .where(Event.status == EventStatus.PUBLISHED, Event.starts_at > now())
        .options(load_only(Event.status, Event.starts_at, Event.reminder_hours))
    )
    due = [event.id for event in upcoming if reminder_due_at(event) is not None]
    return sum(_in_batches(_remind_some, event_id, stop) for event_id in due)


def write_thanks(stop: Callable[[], bool]) -> int:
    """Thank those who came to an event that thanks, once; returns how many."""
    over = select(Event.id).where(
        Event.thank_you,
        Event.status == EventStatus.PUBLISHED,
        Event.ends_at <= now(),
        Event.ends_at > now() - THANKS_WITHIN,
    )
    due = session().scalars(over).all()
    return sum(_in_batches(_thank_some, event_id, stop) for event_id in due)


def reminder_due_at(event: Event) -> datetime | None:
    """The time of the latest reminder that is due, which stands for those before it, too."""
    if event.status != EventStatus.PUBLISHED or event.starts_at <= now():
        return None
    times = (event.starts_at - timedelta(hours=hours) for hours in event.reminder_hours)
    return max((time for time in times if time <= now()), default=None)


def _in_batches(write_some: Callable[[Event], int], event_id: int, stop: Callable[[], bool]) -> int:
    written = 0
    while not stop():
        batch = commit(partial(_locked, write_some, event_id))
        written += batch
        if batch < BATCH:
            break
    return written


def _locked(write_some: Callable[[Event], int], event_id: int) -> int:
    event = session().get_one(Event, event_id)
    seats.lock(event)
    return write_some(event)


def _remind_some(event: Event) -> int:
    due_at = reminder_due_at(event)
    if due_at is None:
        return 0
    # whoever has confirmed since then has just had a mail
    people = _next_of(
        event,
        Registration.confirmed_at < due_at,
        or_(Registration.reminded_at.is_(None), Registration.reminded_at < due_at),
    )
    for person in people:
        person.reminded_at = now()
        mails.send("reminder", person)
    return len(people)


def _thank_some(event: Event) -> int:
    if event.status != EventStatus.PUBLISHED or event.ends_at > now():
        return 0
    came = [Registration.checked_in_at.is_not(None)] if _was_counted_in(event) else []
    people = _next_of(event, Registration.thanked_at.is_(None), *came)
    for person in people:
        person.thanked_at = now()
        mails.send("thank_you", person)
    return len(people)


def _next_of(event: Event, *conditions: ColumnElement[bool]) -> list[Registration]:
    """Some of those who come and have an address, as they are under the event's lock."""
    people = list(
        session().scalars(
            select(Registration)
            .where(
                Registration.event_id == event.id,
                Registration.state == RegistrationState.CONFIRMED,
                Registration.email.is_not(None),
                is_unrestricted(),
                *conditions,
            )
            .order_by(Registration.id)
            .limit(BATCH)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    for person in people:
        set_committed_value(person, "event", event)
    return people


def _was_counted_in(event: Event) -> bool:
    """Whether anybody was checked in at the event, so that it is known who came."""
    counted = exists().where(
        Registration.event_id == event.id, Registration.checked_in_at.is_not(None)
    )
    return bool(session().scalar(select(counted)))

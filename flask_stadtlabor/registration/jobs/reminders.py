"""Mails scheduled by an event's time: reminders before it, thanks after it.

They are written a few at a time, each batch in a transaction of its own under the event's lock:
however many workers do this at once, nobody gets one twice, and nobody after the event was called
off. Whoever registers meanwhile waits for one batch at most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import load_only

from flask_stadtlabor.events.locks import lock_event_numbered
from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.registration.locks import Locked, lock_found
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.registration.operations.restriction import is_unrestricted
from flask_stadtlabor.state import now, session

BATCH_SIZE = 25
"""How many mails one transaction writes."""
THANKS_WITHIN = timedelta(days=3)
"""How long after an event's end its thank-you mails are still sent."""


def write_reminders(stop: Callable[[], bool], parts: Parts) -> int:
    """Remind everybody whose event begins within the hours that it asks for; returns how many.

    Several reminders that were missed become one. An event that was moved reminds again.
    """
    return _write(_Courtesy("Reminding", _to_remind, _to_be_reminded, _remind), stop, parts)


def write_thanks(stop: Callable[[], bool], parts: Parts) -> int:
    """Thank those who came to an event that thanks, once; returns how many."""
    return _write(_Courtesy("Thanking", _to_thank, _to_be_thanked, _thank), stop, parts)


class _Courtesy(NamedTuple):
    """A kind of mail that is sent at a time relative to the event."""

    name: str
    """For the log."""
    events: Callable[[], list[int]]
    """The events at which it is due."""
    people: Callable[[Event], list[ColumnElement[bool]] | None]
    """Who of an event's people gets it; None where it is due no longer."""
    write: Callable[[Locked], None]


def _write(courtesy: _Courtesy, stop: Callable[[], bool], parts: Parts) -> int:
    due: list[int] = []
    with parts.part(courtesy.name):
        due = courtesy.events()
    written = 0
    for event_id in due:
        with parts.part(f"{courtesy.name} (event {event_id})"):
            written += _write_about(event_id, courtesy, stop, parts)
    return written


def _to_remind() -> list[int]:
    # a worker that watches asks this every few seconds, so that it reads no more than it needs
    upcoming = session().scalars(
        select(Event)
        .where(Event.status == EventStatus.PUBLISHED, Event.starts_at > now())
        .options(load_only(Event.status, Event.starts_at, Event.reminder_hours))
    )
    return [event.id for event in upcoming if reminder_due_at(event) is not None]


def _to_thank() -> list[int]:
    over = select(Event.id).where(
        Event.thank_you,
        Event.status == EventStatus.PUBLISHED,
        Event.ends_at <= now(),
        Event.ends_at > now() - THANKS_WITHIN,
    )
    return list(session().scalars(over))


def reminder_due_at(event: Event) -> datetime | None:
    """The time of the latest reminder that is due, which stands for those before it, too."""
    if event.status != EventStatus.PUBLISHED or event.starts_at <= now():
        return None
    times = (event.starts_at - timedelta(hours=hours) for hours in event.reminder_hours)
    return max((time for time in times if time <= now()), default=None)


def _write_about(event_id: int, courtesy: _Courtesy, stop: Callable[[], bool], parts: Parts) -> int:
    """In batches, and one by one where a batch fails."""
    written = after = 0
    while not stop():
        event = session().get_one(Event, event_id)
        conditions = courtesy.people(event)
        if conditions is None:
            break
        numbers = list(
            session().scalars(
                select(Registration.id)
                .where(*_those_who_come(event_id), Registration.id > after, *conditions)
                .order_by(Registration.id)
                .limit(BATCH_SIZE)
            )
        )
        if numbers:
            written += parts.in_one_or_each(
                f"{courtesy.name} (event {event_id})",
                numbers,
                partial(_write_to, event_id, courtesy),
            )
            after = numbers[-1]
        if len(numbers) < BATCH_SIZE:
            break
    return written


def _write_to(event_id: int, courtesy: _Courtesy, numbers: Sequence[int]) -> int:
    """Write to those of these people who are to get it, as they are under the event's lock."""
    within = lock_event_numbered(event_id)
    conditions = courtesy.people(within.event)
    if conditions is None:
        return 0
    people = lock_found(
        within,
        select(Registration)
        .where(*_those_who_come(event_id), Registration.id.in_(numbers), *conditions)
        .order_by(Registration.id),
    )
    for person in people:
        courtesy.write(person)
    return len(people)


def _those_who_come(event_id: int) -> tuple[ColumnElement[bool], ...]:
    """Those who come to the event and have an address."""
    return (
        Registration.event_id == event_id,
        Registration.state == RegistrationState.CONFIRMED,
        Registration.email.is_not(None),
        is_unrestricted(),
    )


def _to_be_reminded(event: Event) -> list[ColumnElement[bool]] | None:
    due_at = reminder_due_at(event)
    if due_at is None:
        return None
    # whoever confirmed after that time has just had a mail
    return [
        Registration.confirmed_at < due_at,
        or_(Registration.reminded_at.is_(None), Registration.reminded_at < due_at),
    ]


def _remind(locked: Locked) -> None:
    locked.registration.reminded_at = now()
    send_mail(kinds.REMINDER, locked.registration)


def _to_be_thanked(event: Event) -> list[ColumnElement[bool]] | None:
    if event.status != EventStatus.PUBLISHED or event.ends_at > now():
        return None
    came = [Registration.checked_in_at.is_not(None)] if _was_counted_in(event) else []
    return [Registration.thanked_at.is_(None), *came]


def _thank(locked: Locked) -> None:
    locked.registration.thanked_at = now()
    send_mail(kinds.THANK_YOU, locked.registration)


def _was_counted_in(event: Event) -> bool:
    """Whether anybody was checked in at the event, so that it is known who came."""
    counted = exists().where(
        Registration.event_id == event.id, Registration.checked_in_at.is_not(None)
    )
    return bool(session().scalar(select(counted)))

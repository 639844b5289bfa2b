"""Telling registered people that their event was moved, changed, postponed or cancelled."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor.events.models import OFF, Event, EventStatus
from flask_stadtlabor.registration import mails
from flask_stadtlabor.registration.change_words import Change
from flask_stadtlabor.registration.models import ACTIVE, Registration
from flask_stadtlabor.state import now, session

TOLD = frozenset({"starts_at", "ends_at", "doors_at", "timezone", "venue", "title", "status"})
"""The fields whose change concerns everybody who is coming."""
BATCH = 200


def tell_of_change(event: Event, changed: frozenset[str], former_status: str | None = None) -> int:
    """Write a mail to everybody with an active registration; returns how many.

    ``former_status`` is the event's before the change. Nothing is written for a change that
    concerns nobody's plans, while the event is a draft or off, or once it is over.
    """
    kind = _kind(event, changed, former_status)
    if kind is None or not event.is_public or event.ends_at <= now():
        return 0
    change = Change(
        former_start=event.previous_starts_at if "starts_at" in changed else None,
        is_elsewhere="venue" in changed,
    )
    told = 0
    last_id = 0
    while batch := _active_after(event, last_id):
        for registration in batch:
            set_committed_value(registration, "event", event)
            mails.send(kind, registration, change=change)
            told += registration.email is not None
        last_id = batch[-1].id
        session().flush()
    return told


def _kind(event: Event, changed: frozenset[str], former_status: str | None) -> str | None:
    """The one mail that says the most important thing first; None where nothing is to be told."""
    is_new_status = "status" in changed
    if event.status in OFF:
        kind = "called_off" if event.status == EventStatus.CANCELLED else "postponed"
        return kind if is_new_status else None
    if is_new_status and former_status in OFF:
        return "resumed"
    if "starts_at" in changed:
        return "moved"
    return "changed" if changed & TOLD else None


def _active_after(event: Event, last_id: int) -> list[Registration]:
    """The next batch in a steady order, so that a large event does not fill the memory."""
    return list(
        session().scalars(
            select(Registration)
            .where(
                Registration.event_id == event.id,
                Registration.state.in_(ACTIVE),
                Registration.id > last_id,
            )
            .order_by(Registration.id)
            .limit(BATCH)
        )
    )

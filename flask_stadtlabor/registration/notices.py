"""Telling registered people that their event was moved, changed, postponed or cancelled."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.registration import mails
from flask_stadtlabor.registration.models import ACTIVE, Registration
from flask_stadtlabor.state import session

TOLD = frozenset({"starts_at", "ends_at", "doors_at", "timezone", "venue", "title", "status"})
"""The fields whose change concerns everybody who is coming."""
BATCH = 200


def tell_of_change(event: Event, changed: frozenset[str]) -> int:
    """Write a mail to everybody with an active registration; returns how many.

    Nothing is written for a change that concerns nobody's plans, or while the event is a draft.
    """
    if not changed & TOLD or not event.is_public:
        return 0
    kind = _kind(event, changed)
    told = 0
    last_id = 0
    while batch := _active_after(event, last_id):
        for registration in batch:
            set_committed_value(registration, "event", event)
            mails.send(kind, registration)
            told += registration.email is not None
        last_id = batch[-1].id
        session().flush()
    return told


def _kind(event: Event, changed: frozenset[str]) -> str:
    if "status" in changed and event.status == EventStatus.CANCELLED:
        return "called_off"
    if "status" in changed and event.status == EventStatus.POSTPONED:
        return "postponed"
    return "changed"


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

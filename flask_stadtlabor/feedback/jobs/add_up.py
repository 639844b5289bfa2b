"""Adding up what was answered, once no answer is taken any more."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import load_only

from flask_stadtlabor.events.feedback_window import closes_at, waits_to_be_added_up
from flask_stadtlabor.events.locks import lock_event_numbered
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.feedback.operations import add_up
from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import commit


def add_up_due(parts: Parts) -> None:
    """Keep the numbers of each event that is due; what fails is tried again in the next round."""
    name = "Adding up what people said of an event"
    due: list[int] = []
    with parts.part(name):
        due = _due()
    for number in due:
        with parts.part(f"{name} (event {number})"):
            commit(partial(_add_up, number))


def _due() -> list[int]:
    needed = load_only(Event.ends_at, Event.feedback, Event.feedback_numbers)
    asked = select(Event).where(Event.feedback.is_not(None), Event.ends_at < now()).options(needed)
    return [event.id for event in session().scalars(asked) if waits_to_be_added_up(event, now())]


def _add_up(number: int) -> None:
    within = lock_event_numbered(number)
    closes = closes_at(within.event)
    if closes is not None and waits_to_be_added_up(within.event, now()):
        add_up(within, closes)

"""From when to when an event asks for feedback."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import Phase, phase_of


def closes_at(event: Event) -> datetime | None:
    """When the last answer is taken; None where nothing is asked."""
    return event.ends_at + timedelta(days=event.feedback.days) if event.feedback else None


def asks_feedback(event: Event, moment: datetime) -> bool:
    """Whether somebody can answer at ``moment``: from the end of an event that took place."""
    closes = closes_at(event)
    is_over = event.is_public and phase_of(event, moment) is Phase.OVER
    return is_over and closes is not None and moment < closes

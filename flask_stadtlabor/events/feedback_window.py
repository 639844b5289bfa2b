"""From when to when an event asks for feedback, and what everybody is told of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_stadtlabor.events.content import FeedbackNumbers
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import Phase, phase_of

FEWEST_ANSWERS = 5
"""Below this, an average would tell too much of those who answered."""


def closes_at(event: Event) -> datetime | None:
    """When the last answer is taken; None where nothing is asked."""
    return event.ends_at + timedelta(days=event.feedback.days) if event.feedback else None


def asks_feedback(event: Event, moment: datetime) -> bool:
    """Whether somebody can answer at ``moment``: from the end of an event that took place."""
    closes = closes_at(event)
    is_over = event.is_public and phase_of(event, moment) is Phase.OVER
    return is_over and closes is not None and moment < closes


def waits_to_be_added_up(event: Event, moment: datetime) -> bool:
    """Whether everybody is to be told how people liked it, and nobody has counted yet."""
    closes = closes_at(event)
    is_told = event.feedback is not None and event.feedback.public
    return is_told and closes is not None and moment >= closes and not _is_added_up(event)


def feedback_told(event: Event, moment: datetime) -> FeedbackNumbers | None:
    """How people liked it, as everybody is told.

    Told once it is settled: an average that moved with each answer would tell what that one said.
    """
    numbers = event.feedback_numbers
    is_told = event.feedback is not None and event.feedback.public and _is_added_up(event)
    if numbers is None or not is_told or phase_of(event, moment) is not Phase.OVER:
        return None
    return numbers if numbers.answers >= FEWEST_ANSWERS else None


def _is_added_up(event: Event) -> bool:
    numbers, closes = event.feedback_numbers, closes_at(event)
    return numbers is not None and closes is not None and numbers.until == closes.isoformat()

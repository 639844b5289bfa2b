"""Writing answers down, and forgetting what people wrote. Operations flush; the caller commits."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select, update

from flask_stadtlabor.events.content import FeedbackNumbers
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.feedback.models import FeedbackAnswer
from flask_stadtlabor.feedback.queries import has_words, summary_of
from flask_stadtlabor.registration.retention_periods import kept_until
from flask_stadtlabor.revision import content_changed
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows


class Answer(NamedTuple):
    """What a form says."""

    rating: int
    accessible: str | None
    good: str | None
    change: str | None


def write_down(event: Event, answer: Answer) -> None:
    """Add an answer; nothing tells whose it is, so that the same person may answer again."""
    day = now().astimezone(event.zone).date()
    session().add(FeedbackAnswer(event_id=event.id, day=day, **answer._asdict()))
    session().flush()


def add_up(within: LockedEvent, until: datetime) -> None:
    """Keep how people liked an event, whose last answer was taken at ``until``, with its row.

    So its page needs no further statement.
    """
    event = within.event
    found = summary_of(event)
    points = sum(rating * number for rating, number in found.by_rating.items())
    event.feedback_numbers = FeedbackNumbers(
        until=until.isoformat(), answers=found.total, points=points
    )
    content_changed()
    session().flush()


def count_words_due() -> int:
    """How many answers hold words whose time is over."""
    counting = select(func.count()).select_from(FeedbackAnswer).where(_is_due())
    return session().scalar(counting) or 0


def forget_words() -> int:
    """Delete what people wrote about events whose registrations are due for deletion.

    The ratings stay: they tell of nobody.
    """
    return change_rows(update(FeedbackAnswer).where(_is_due()).values(good=None, change=None))


def _is_due() -> ColumnElement[bool]:
    with_words = select(Event).where(
        Event.id.in_(select(FeedbackAnswer.event_id).where(has_words()).distinct())
    )
    due = [event.id for event in session().scalars(with_words) if kept_until(event) <= now()]
    return FeedbackAnswer.event_id.in_(due) & has_words()

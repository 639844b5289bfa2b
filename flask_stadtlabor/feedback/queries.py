"""What was answered, added up by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.feedback.models import FeedbackAnswer
from flask_stadtlabor.state import session

RATINGS = (5, 4, 3, 2, 1)
ACCESSIBLE = ("yes", "partly", "no")
MOST_TEXTS = 500
"""Answers in words that are shown at most."""


class Words(NamedTuple):
    """What one person wrote."""

    good: str | None
    change: str | None


@dataclass(frozen=True)
class Summary:
    """How many answered what."""

    by_rating: dict[int, int]
    by_accessible: dict[str, int]

    @property
    def total(self) -> int:
        """How many answers there are."""
        return sum(self.by_rating.values())

    @property
    def average(self) -> float:
        """The mean of all ratings; 0 without any."""
        points = sum(rating * number for rating, number in self.by_rating.items())
        return points / self.total if self.total else 0


def summary_of(event: Event) -> Summary:
    """All answers of an event, in one statement."""
    rows = session().execute(
        select(FeedbackAnswer.rating, FeedbackAnswer.accessible, func.count())
        .where(FeedbackAnswer.event_id == event.id)
        .group_by(FeedbackAnswer.rating, FeedbackAnswer.accessible)
    )
    by_rating, by_accessible = dict.fromkeys(RATINGS, 0), dict.fromkeys(ACCESSIBLE, 0)
    for rating, accessible, number in rows:
        by_rating[rating] += int(number)
        if accessible is not None:
            by_accessible[accessible] += int(number)
    return Summary(by_rating, by_accessible)


def words_of(event: Event) -> Sequence[Words]:
    """What people wrote, in an order that tells nothing."""
    rows = session().execute(
        select(FeedbackAnswer.good, FeedbackAnswer.change)
        .where(FeedbackAnswer.event_id == event.id, has_words())
        .order_by(FeedbackAnswer.mark)
        .limit(MOST_TEXTS)
    )
    return [Words(good, change) for good, change in rows]


def has_words() -> ColumnElement[bool]:
    """Answers in which somebody wrote something."""
    return or_(FeedbackAnswer.good.is_not(None), FeedbackAnswer.change.is_not(None))

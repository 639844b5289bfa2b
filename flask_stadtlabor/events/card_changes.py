"""What time and seats change of the events that a page shows, for its tag and its cache."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from flask_stadtlabor.events.next_step import next_turn
from flask_stadtlabor.events.standing import Standing


def changing(card: Standing) -> tuple[object, ...]:
    """The changing parts of an event on a page: seats, and what depends on the time."""
    step = card.step
    return card.event.id, step.seats_at_least, str(card.phase), str(step.step), step.why_full


def turns(shown: Iterable[Standing], moment: datetime) -> Iterator[datetime | None]:
    """When time alone changes what the cards say."""
    return (next_turn(card.event, moment) for card in shown)


def earliest(*moments: datetime | None) -> datetime | None:
    """The first of these moments; None for none."""
    return min((moment for moment in moments if moment is not None), default=None)

"""What news are called in a digest: the rooms above know that, and hand it down.

As deferred mails are handed down to the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from flask import Flask, current_app

from flask_stadtlabor.outbox.templates import Line

_NEWS_WORDS = "stadtlabor_news_words"


class Occurrence(NamedTuple):
    """One piece of news of a kind."""

    number: int
    """Of what it is about."""
    since: datetime
    """When there was something new for the first time since the last digest."""
    whose: int
    """The number of the participant whom it is told: what they did themselves is no news."""


class Section(NamedTuple):
    """A part of a digest."""

    heading: str
    lines: Sequence[Line]
    """Empty where nothing is left to tell."""


NewsWords = Callable[[Sequence[Occurrence]], Section]
"""Says all news of one kind that somebody has, in the current language, as things stand now."""


def set_news_words(app: Flask, by_kind: Mapping[str, NewsWords]) -> None:
    """Say who has the words for each kind of news in ``app``, in the order of a digest."""
    app.extensions[_NEWS_WORDS] = dict(by_kind)


def news_words() -> Mapping[str, NewsWords]:
    """Who has the words for each kind of news."""
    found: Mapping[str, NewsWords] = current_app.extensions[_NEWS_WORDS]
    return found

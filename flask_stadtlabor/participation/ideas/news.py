"""News of ideas for digests, and what they are called there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select

from flask_stadtlabor.i18n import _sl, _sln
from flask_stadtlabor.outbox.templates import Line, Link
from flask_stadtlabor.participation.ideas.models import Idea, IdeaStatus
from flask_stadtlabor.participation.telling.operations import Subject
from flask_stadtlabor.participation.telling.words import NewsWords, Occurrence, Section
from flask_stadtlabor.state import session
from flask_stadtlabor.urls import absolute_url

CHANGED = "idea_changed"
WITHDRAWN = "idea_withdrawn"
ENOUGH = "idea_enough"


def about_idea(number: int) -> Subject:
    """What news of an idea are about."""
    return Subject("idea", number)


def _enough(news: Sequence[Occurrence]) -> Section:
    lines = _lines(
        news,
        IdeaStatus.PUBLISHED,
        lambda idea: _sln(
            "“%(title)s”: %(num)d person supports it. The city has to answer.",
            "“%(title)s”: %(num)d people support it. The city has to answer.",
            idea.supports,
            title=idea.title,
        ),
    )
    return Section(_sl("Your idea has enough support"), lines)


def _changed(news: Sequence[Occurrence]) -> Section:
    lines = _lines(news, IdeaStatus.PUBLISHED, _quoted)
    return Section(_sl("The author has changed the text"), lines)


def _withdrawn(news: Sequence[Occurrence]) -> Section:
    lines = _lines(news, IdeaStatus.WITHDRAWN, _quoted)
    return Section(_sl("The author has withdrawn the idea"), lines)


def _quoted(idea: Idea) -> str:
    return _sl("“%(title)s”", title=idea.title)


def _lines(
    news: Sequence[Occurrence], status: IdeaStatus, words: Callable[[Idea], str]
) -> list[Line]:
    """A line for each idea that still is as the news say; nothing of one that is hidden by now."""
    numbers = [one.number for one in news]
    found = select(Idea).where(Idea.id.in_(numbers), Idea.status == status, Idea.title != "")
    ideas = session().scalars(found.order_by(Idea.id))
    return [Link(words(idea), absolute_url("idea", number=idea.id)) for idea in ideas]


IDEA_NEWS: dict[str, NewsWords] = {ENOUGH: _enough, CHANGED: _changed, WITHDRAWN: _withdrawn}
"""The words for each kind of news of ideas, in the order of a digest."""

"""Reading what is to be answered, and whom an answer is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager

from flask_stadtlabor.events.history import Answered, entries_of
from flask_stadtlabor.events.history_models import HistoryEntry
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.queries import whole_number
from flask_stadtlabor.folding import search_words
from flask_stadtlabor.participation.ideas.models import Idea, IdeaAnswer, IdeaStatus
from flask_stadtlabor.participation.ideas.queries import audience_of
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.state import session

PAGE_SIZE = 25
STILL_SHOWN = (IdeaStatus.PUBLISHED, IdeaStatus.WITHDRAWN, IdeaStatus.MERGED)


class Show(StrEnum):
    """Which ideas the office's list shows."""

    UNANSWERED = "unanswered"
    DUE = "due"
    """Unanswered, with as many supports as make the city answer."""
    ANSWERED = "answered"
    NEXT_STEP = "next-step"
    """Answered, and the day of the next step has come."""


class OfficeSpan(NamedTuple):
    """A page of the office's list."""

    total: int
    page: int
    pages: int
    ideas: Sequence[Idea]


class Audience(NamedTuple):
    """Whom an answer is told."""

    by_language: Mapping[str, int]
    """How many people get a mail, by its language."""
    without_mail: int
    """How many have to do with the idea and get none, because they want none or have no address."""

    @property
    def people(self) -> int:
        """How many mails that makes."""
        return sum(self.by_language.values())


def has_enough() -> ColumnElement[bool]:
    """The ideas with as many supports as their project says now, joined with it."""
    return Idea.supports >= Project.threshold


def count_due() -> int:
    """How many ideas have enough support and no answer."""
    counting = select(func.count(Idea.id)).join(Project, Project.id == Idea.project_id)
    return session().scalar(counting.where(_shown(Show.DUE, None))) or 0


def find_office_span(
    show: Show, q: str, page: str | int | None, *, today: date | None
) -> OfficeSpan:
    """A page of the ideas that are meant, in two statements for any number of them.

    Unanswered ones with enough support come first, of these the one that has waited longest; since
    when is not known of one to which the threshold came down, which counts by its publication.
    """
    condition = and_(
        _shown(show, today),
        *(Idea.search_text.contains(word, autoescape=True) for word in search_words(q)),
    )
    joined = Project.id == Idea.project_id
    total = session().scalar(select(func.count(Idea.id)).join(Project, joined).where(condition))
    total = total or 0
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(whole_number(page), 1), pages)
    ideas = session().scalars(
        select(Idea)
        .join(Idea.project)
        .options(contains_eager(Idea.project))
        .where(condition)
        .order_by(*_order(show))
        .limit(PAGE_SIZE)
        .offset((at - 1) * PAGE_SIZE)
    )
    return OfficeSpan(total, at, pages, ideas.all())


def audience(idea: Idea) -> Audience:
    """Whom an answer to this idea would be told now, in one statement."""
    rows = session().execute(
        select(Participant.language, func.count(), func.sum(case((gets_answers(), 1), else_=0)))
        .where(has_to_do_with(idea))
        .group_by(Participant.language)
    )
    counts = sorted((str(row[0]), int(row[1]), int(row[2])) for row in rows)
    by_language = {language: told for language, _, told in counts if told}
    return Audience(by_language, sum(people - told for _, people, told in counts))


def has_to_do_with(idea: Idea) -> ColumnElement[bool]:
    """The participants who wrote, support or follow an idea."""
    around = Participant.id.in_(audience_of(idea.id))
    if idea.participant_id is None:
        return around
    return or_(Participant.id == idea.participant_id, around)


def gets_answers() -> ColumnElement[bool]:
    """The participants who want answers at once, at an address that they have confirmed."""
    return and_(
        Participant.wants_answers,
        Participant.email.is_not(None),
        Participant.confirmed_at.is_not(None),
    )


def trail_of_answers(number: int) -> Sequence[HistoryEntry]:
    """All that was published and corrected of an idea's answers, the latest first."""
    return entries_of(Answered(number))


def _shown(show: Show, today: date | None) -> ColumnElement[bool]:
    unanswered = Idea.status == IdeaStatus.PUBLISHED, Idea.answered_at.is_(None)
    if show == Show.UNANSWERED:
        return and_(*unanswered)
    if show == Show.DUE:
        return and_(*unanswered, has_enough())
    answered = Idea.status.in_(STILL_SHOWN), Idea.answered_at.is_not(None)
    if show == Show.ANSWERED:
        return and_(*answered)
    day = (
        select(IdeaAnswer.next_step_on)
        .where(IdeaAnswer.idea_id == Idea.id)
        .order_by(IdeaAnswer.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return and_(*answered, day <= today)


def _order(show: Show) -> tuple[Any, ...]:
    if show in (Show.ANSWERED, Show.NEXT_STEP):
        return Idea.answered_at.desc(), Idea.id.desc()
    waited = func.coalesce(Idea.threshold_reached_at, Idea.published_at)
    return case((has_enough(), 0), else_=1), waited, Idea.id

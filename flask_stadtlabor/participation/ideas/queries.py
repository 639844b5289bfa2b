"""Reading ideas."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, exists, func, select, union
from sqlalchemy.orm import contains_eager

from flask_stadtlabor.db import LARGEST_INTEGER
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.queries import whole_number
from flask_stadtlabor.folding import search_words
from flask_stadtlabor.participation.ideas.models import (
    DELETABLE,
    READABLE,
    UNSENT,
    Idea,
    IdeaAnswer,
    IdeaFollow,
    IdeaStatus,
    IdeaSupport,
    IdeaVersion,
)
from flask_stadtlabor.state import session

PAGE_SIZE = 20
MOST_OWN = 200
"""Ideas of each kind that somebody's own page lists at most."""
SORTS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "new": (Idea.published_at.desc(), Idea.id.desc()),
    "supported": (Idea.supports.desc(), Idea.id.desc()),
    "answered": (Idea.answered_at.is_(None), Idea.answered_at.desc(), Idea.id.desc()),
}
"""The orders of a list, the usual one first."""
IS_TOLD = Idea.status.not_in(DELETABLE) & Idea.published_at.is_not(None)
"""What everybody reads, or could once: of the rest, open data tells nothing."""


@dataclass(frozen=True)
class IdeaFilters:
    """Which ideas of a project a list shows, and in which order."""

    sort: str = "new"
    q: str = ""
    category: str = ""
    language: str = ""
    verdict: str = ""
    area: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address that leads to this list."""
        named = {
            "sort": self.sort if self.sort != "new" else "",
            "q": self.q,
            "category": self.category,
            "language": self.language,
            "verdict": self.verdict,
            "area": self.area,
        }
        return {name: value for name, value in named.items() if value}


def count_ideas(slug: str) -> int:
    """How many ideas a project has, those that nobody but their author sees included."""
    counting = select(func.count(Idea.id)).join(Project, Project.id == Idea.project_id)
    return session().scalar(counting.where(Project.slug == slug)) or 0


def count_sent(project: int, participant: int) -> int:
    """How many ideas somebody has published in a project, or sent to its moderators."""
    counting = select(func.count(Idea.id)).where(
        Idea.project_id == project,
        Idea.participant_id == participant,
        Idea.status.not_in((*UNSENT, IdeaStatus.WITHDRAWN)),
    )
    return session().scalar(counting) or 0


OFFICE = (IdeaStatus.PUBLISHED, IdeaStatus.MERGED, IdeaStatus.WITHDRAWN)
"""The ideas that the office lists: those that everybody can read, or could once."""


@dataclass(frozen=True)
class OfficeFilters:
    """Which ideas of all projects the office lists; empty for all."""

    q: str = ""
    project: str = ""
    status: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address that leads to this list."""
        named = {"q": self.q, "project": self.project, "status": self.status}
        return {name: value for name, value in named.items() if value}


class IdeaSpan(NamedTuple):
    """A page of the list: how many ideas there are, and those on the page."""

    total: int
    page: int
    pages: int
    ideas: Sequence[Idea]


class VersionSpan(NamedTuple):
    """A page of an idea's earlier texts, the latest first."""

    page: int
    pages: int
    versions: Sequence[IdeaVersion]
    later: tuple[str, str]
    """Title and text that took the place of the first of them."""


class Stand(NamedTuple):
    """What an idea is to somebody."""

    supports: bool = False
    follows: bool = False


NOTHING = Stand()
"""What it is to a stranger."""


class OwnIdeas(NamedTuple):
    """What somebody has in ideas, the latest first."""

    written: Sequence[Idea]
    supported: Sequence[Idea]
    followed: Sequence[Idea]


def find_idea(number: int) -> Idea | None:
    """The idea with its project, in one statement; None where there is none."""
    if not 0 < number <= LARGEST_INTEGER:
        return None
    found: Idea | None = session().scalar(
        select(Idea)
        .join(Idea.project)
        .options(contains_eager(Idea.project))
        .where(Idea.id == number)
    )
    return found


def find_idea_span(project: Project, filters: IdeaFilters, page: str | int | None) -> IdeaSpan:
    """A page of a project's published ideas, in two statements for any number of them.

    ``page`` as for :func:`~flask_stadtlabor.events.queries.find_span`.
    """
    condition = _matching(project, filters)
    total = session().scalar(select(func.count(Idea.id)).where(condition)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(whole_number(page), 1), pages)
    ideas = session().scalars(
        select(Idea)
        .where(condition)
        .order_by(*SORTS[filters.sort])
        .limit(PAGE_SIZE)
        .offset((at - 1) * PAGE_SIZE)
    )
    return IdeaSpan(total, at, pages, ideas.all())


def find_told_ideas(page: str | int | None) -> IdeaSpan:
    """A page of all ideas for open data, the oldest first; in two statements."""
    total = session().scalar(select(func.count(Idea.id)).where(IS_TOLD)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(whole_number(page), 1), pages)
    ideas = session().scalars(told_after(0).limit(PAGE_SIZE).offset((at - 1) * PAGE_SIZE))
    return IdeaSpan(total, at, pages, ideas.all())


def told_after(number: int) -> Select[Any]:
    """All ideas for open data with a number above this one, by their numbers."""
    told = select(Idea).join(Idea.project).options(contains_eager(Idea.project))
    return told.where(IS_TOLD, Idea.id > number).order_by(Idea.id)


def find_office_span(filters: OfficeFilters, page: str | int | None) -> IdeaSpan:
    """A page of the ideas of all projects with their projects, the newest first.

    In two statements; ``page`` as for :func:`~flask_stadtlabor.events.queries.find_span`.
    """
    statuses = (filters.status,) if filters.status else OFFICE
    conditions = [Idea.status.in_(statuses), *_with_words(filters.q)]
    if filters.project:
        conditions.append(Project.slug == filters.project)
    counting = select(func.count(Idea.id)).join(Project, Project.id == Idea.project_id)
    total = session().scalar(counting.where(*conditions)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(whole_number(page), 1), pages)
    ideas = session().scalars(
        select(Idea)
        .join(Idea.project)
        .options(contains_eager(Idea.project))
        .where(*conditions)
        .order_by(Idea.id.desc())
        .limit(PAGE_SIZE)
        .offset((at - 1) * PAGE_SIZE)
    )
    return IdeaSpan(total, at, pages, ideas.all())


def count_by_area(project: Project) -> dict[str | None, int]:
    """How many published ideas of a project are about each area, in one statement."""
    condition = _matching(project, IdeaFilters())
    counting = select(Idea.area, func.count()).where(condition).group_by(Idea.area)
    return {row[0]: int(row[1]) for row in session().execute(counting)}


def stand_of(idea: Idea, participant: int) -> Stand:
    """What the idea is to a participant, in one statement."""
    supports = select(IdeaSupport.idea_id).where(
        IdeaSupport.idea_id == idea.id, IdeaSupport.participant_id == participant
    )
    follows = select(IdeaFollow.idea_id).where(
        IdeaFollow.idea_id == idea.id, IdeaFollow.participant_id == participant
    )
    row = session().execute(select(supports.exists(), follows.exists())).one()
    return Stand(bool(row[0]), bool(row[1]))


def find_version_span(idea: Idea, page: str | int | None) -> VersionSpan:
    """A page of the earlier texts that somebody supported; in two statements."""
    of_it = IdeaVersion.idea_id == idea.id
    total = session().scalar(select(func.count()).select_from(IdeaVersion).where(of_it)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(whole_number(page), 1), pages)
    # with the one that took the place of the first on the page
    begin, first = (at - 1) * PAGE_SIZE, min(at - 1, 1)
    found = select(IdeaVersion).where(of_it).order_by(IdeaVersion.number.desc())
    rows = session().scalars(found.offset(begin - first).limit(PAGE_SIZE + first)).all()
    later = rows[0] if first else idea
    return VersionSpan(at, pages, rows[first:], (later.title, later.text))


def has_published(participants: Collection[int]) -> bool:
    """Whether everybody has read an idea of one of these people."""
    is_theirs = Idea.participant_id.in_(participants), Idea.published_at.is_not(None)
    return bool(participants and session().scalar(select(exists().where(*is_theirs))))


def ideas_with_pictures(names: Collection[str]) -> dict[str, Idea]:
    """The ideas that have these uploaded pictures, by the names of the pictures."""
    found = session().scalars(select(Idea).where(Idea.picture.in_(names)))
    return {idea.picture: idea for idea in found if idea.picture is not None}


def readable_ideas(numbers: Collection[int]) -> dict[int, Idea]:
    """Those with these numbers whose words everybody can read, by their number."""
    readable = Idea.id.in_(numbers), Idea.status.in_(READABLE), Idea.title != ""
    found = session().scalars(select(Idea).where(*readable)) if numbers else ()
    return {idea.id: idea for idea in found}


def answers_to(number: int) -> Sequence[IdeaAnswer]:
    """The official answers to an idea, the newest first."""
    found = select(IdeaAnswer).where(IdeaAnswer.idea_id == number)
    return session().scalars(found.order_by(IdeaAnswer.number.desc())).all()


def audience_of(number: int) -> CompoundSelect[Any]:
    """The numbers of the participants who support or follow an idea, as a part of a statement."""
    return union(
        *(
            select(table.participant_id).where(table.idea_id == number)
            for table in (IdeaSupport, IdeaFollow)
        )
    )


def own_ideas(participant: int) -> OwnIdeas:
    """What somebody wrote, supports and follows, in three statements."""
    with_project = select(Idea).join(Idea.project).options(contains_eager(Idea.project))
    latest = with_project.order_by(Idea.id.desc()).limit(MOST_OWN)
    supported = latest.join(IdeaSupport, IdeaSupport.idea_id == Idea.id)
    followed = latest.join(IdeaFollow, IdeaFollow.idea_id == Idea.id)
    written = latest.where(Idea.participant_id == participant)
    statements = (
        written,
        supported.where(IdeaSupport.participant_id == participant),
        followed.where(IdeaFollow.participant_id == participant),
    )
    return OwnIdeas(*(session().scalars(statement).all() for statement in statements))


def has_waiting_idea(participant: int) -> bool:
    """Whether somebody sent an idea that waits until they publish it."""
    waits = Idea.participant_id == participant, Idea.status == IdeaStatus.WAITING
    return bool(session().scalar(select(exists().where(*waits))))


def _matching(project: Project, filters: IdeaFilters) -> ColumnElement[bool]:
    conditions = [Idea.project_id == project.id, Idea.status == IdeaStatus.PUBLISHED]
    conditions += _with_words(filters.q)
    if filters.category:
        conditions.append(Idea.category == filters.category)
    if filters.language:
        conditions.append(Idea.language == filters.language)
    if filters.verdict:
        conditions.append(Idea.verdict == filters.verdict)
    if filters.area:
        conditions.append(Idea.area == filters.area)
    return and_(*conditions)


def _with_words(q: str) -> list[ColumnElement[bool]]:
    return [Idea.search_text.contains(word, autoescape=True) for word in search_words(q)]

"""Reading comments: a page of a thread takes the same number of statements for any number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from flask_stadtlabor.db import LARGEST_INTEGER
from flask_stadtlabor.events.models import Event, EventStatus, Project
from flask_stadtlabor.events.queries import whole_number
from flask_stadtlabor.participation.comments.models import (
    TOMBSTONES,
    Comment,
    CommentReaction,
    CommentStatus,
    Stance,
)
from flask_stadtlabor.participation.comments.threads import UNSEEN_IDEAS, Thread
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.state import session

PAGE_SIZE = 20
FIRST_REPLIES = 3
"""Replies that stand below a comment of a list."""
MOST_OWN = 200
"""Comments that somebody's own page lists at most."""
SORTS: dict[str, tuple[Any, ...]] = {
    "new": (Comment.published_at.desc(), Comment.id.desc()),
    "old": (Comment.published_at, Comment.id),
    "agreed": (Comment.agrees.desc(), Comment.id.desc()),
}
"""The orders of a list, the usual one first."""
STANDS = or_(
    Comment.status == CommentStatus.PUBLISHED,
    and_(Comment.status.in_(TOMBSTONES), Comment.replies > 0),
)
"""What has a place in a thread: published comments, and tombstones that hold replies together."""


@dataclass(frozen=True)
class CommentFilters:
    """Which comments of a thread a list shows, and in which order."""

    sort: str = "new"
    language: str = ""
    stance: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether only some of the comments were asked for: those are listed one by one."""
        return bool(self.language or self.stance)

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address that leads to this list."""
        named = {
            "sort": self.sort if self.sort != "new" else "",
            "language": self.language,
            "stance": self.stance,
        }
        return {name: value for name, value in named.items() if value}


class Counts(NamedTuple):
    """How many published comments a thread has."""

    comments: int = 0
    speak_for: int = 0
    speak_against: int = 0


class CommentSpan(NamedTuple):
    """A page of comments, and the first replies to each."""

    page: int
    pages: int
    comments: Sequence[Comment]
    replies: Mapping[int, Sequence[Comment]]
    """By the number of what they answer; one more than is shown tells that there are more."""


def find_comment(number: int) -> Comment | None:
    """The comment with what it is about, in one statement; None where there is none."""
    if not 0 < number <= LARGEST_INTEGER:
        return None
    found: Comment | None = session().scalar(_with_about().where(Comment.id == number))
    return found


def count_thread(thread: Thread) -> Counts:
    """How many published comments there are, and how many speak for and against it."""
    rows = session().execute(
        select(Comment.stance, func.count())
        .where(Comment.thread == thread.key, Comment.status == CommentStatus.PUBLISHED)
        .group_by(Comment.stance)
    )
    found = {stance: int(number) for stance, number in rows}
    by_stance = found.get(Stance.FOR, 0), found.get(Stance.AGAINST, 0)
    return Counts(sum(found.values()), *by_stance)


def find_comment_span(
    thread: Thread, filters: CommentFilters, page: str | int | None
) -> CommentSpan:
    """A page of a thread, in three statements for any number of comments.

    Without a filter it has the comments that answer none, with their first replies; with one it has
    all that fit, one by one. ``page`` as for :func:`~flask_stadtlabor.events.queries.find_span`.
    """
    if filters.is_filtered:
        conditions = [Comment.thread == thread.key, Comment.status == CommentStatus.PUBLISHED]
        if filters.language:
            conditions.append(Comment.language == filters.language)
        if filters.stance:
            conditions.append(Comment.stance == filters.stance)
        return _span(and_(*conditions), SORTS[filters.sort], page, with_replies=False)
    condition = and_(Comment.thread == thread.key, Comment.parent_id.is_(None), STANDS)
    return _span(condition, SORTS[filters.sort], page)


def find_reply_span(comment: Comment, page: str | int | None) -> CommentSpan:
    """A page of the replies to a comment, the oldest first; in three statements as well."""
    return _span(and_(Comment.parent_id == comment.id, STANDS), SORTS["old"], page)


def find_parent(comment: Comment) -> Comment | None:
    """The comment that another one answers."""
    if comment.parent_id is None:
        return None
    found: Comment | None = session().get(Comment, comment.parent_id)
    return found


def find_line(number: int) -> Sequence[int]:
    """The numbers of a comment and of all that it stands below, the oldest first."""
    start = select(Comment.id, Comment.parent_id).where(Comment.id == number)
    line = start.cte("line", recursive=True)
    further = select(Comment.id, Comment.parent_id).join(line, Comment.id == line.c.parent_id)
    return sorted(session().scalars(select(line.union_all(further).c.id)))


def opinions_of(participant: int, comments: Iterable[Comment]) -> dict[int, str]:
    """What somebody thinks of these comments, by their numbers; in one statement."""
    numbers = [comment.id for comment in comments]
    rows = session().execute(
        select(CommentReaction.comment_id, CommentReaction.opinion).where(
            CommentReaction.participant_id == participant, CommentReaction.comment_id.in_(numbers)
        )
    )
    return {row.comment_id: row.opinion for row in rows}


def counts_by_thread(event: Event) -> dict[str, int]:
    """How many published comments each thread of an event has, by its key; in one statement."""
    rows = session().execute(
        select(Comment.thread, func.count())
        .where(Comment.event_id == event.id, Comment.status == CommentStatus.PUBLISHED)
        .group_by(Comment.thread)
    )
    return {key: int(number) for key, number in rows}


def count_comments(slug: str) -> int:
    """How many comments a project has itself, those that nobody but their author sees included."""
    counting = select(func.count(Comment.id)).join(Project, Project.id == Comment.project_id)
    return session().scalar(counting.where(Project.slug == slug)) or 0


def has_published_comment(participants: Collection[int]) -> bool:
    """Whether everybody has read a comment of one of these people."""
    is_theirs = Comment.participant_id.in_(participants), Comment.published_at.is_not(None)
    return bool(participants and session().scalar(select(exists().where(*is_theirs))))


def own_comments(participant: int) -> Sequence[Comment]:
    """What somebody wrote, the latest first, with what it is about; in one statement."""
    latest = _with_about().order_by(Comment.id.desc()).limit(MOST_OWN)
    return session().scalars(latest.where(Comment.participant_id == participant)).all()


def has_waiting_comment(participant: int) -> bool:
    """Whether somebody sent a comment that waits until they publish it."""
    waits = Comment.participant_id == participant, Comment.status == CommentStatus.WAITING
    return bool(session().scalar(select(exists().where(*waits))))


def is_told() -> ColumnElement[bool]:
    """Comments that everybody can read, or whose place everybody sees; for open data.

    To be asked of comments that are joined with what they are about.
    """
    return and_(
        STANDS,
        or_(Comment.idea_id.is_(None), Idea.status.not_in(UNSEEN_IDEAS)),
        or_(Comment.event_id.is_(None), Event.status != EventStatus.DRAFT),
    )


def find_told_span(page: str | int | None) -> CommentSpan:
    """A page of all comments for open data, the oldest first; in two statements."""
    counting = select(func.count(Comment.id)).outerjoin(Comment.idea).outerjoin(Comment.event)
    total = session().scalar(counting.where(is_told())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(whole_number(page), 1), pages)
    in_order = told_after(0).limit(PAGE_SIZE).offset((at - 1) * PAGE_SIZE)
    return CommentSpan(at, pages, session().scalars(in_order).all(), {})


def told_after(number: int) -> Select[Any]:
    """All comments for open data with a number above this one, by their numbers."""
    return _with_about().where(is_told(), Comment.id > number).order_by(Comment.id)


def _with_about() -> Select[Any]:
    of_idea = aliased(Project)
    return (
        select(Comment)
        .outerjoin(Comment.idea)
        .outerjoin(Idea.project.of_type(of_idea))
        .outerjoin(Comment.event)
        .options(
            contains_eager(Comment.idea).contains_eager(Idea.project.of_type(of_idea)),
            contains_eager(Comment.event),
            joinedload(Comment.project),
        )
    )


def _span(
    condition: ColumnElement[bool],
    order: tuple[Any, ...],
    page: str | int | None,
    *,
    with_replies: bool = True,
) -> CommentSpan:
    total = session().scalar(select(func.count(Comment.id)).where(condition)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(whole_number(page), 1), pages)
    found = select(Comment).where(condition).order_by(*order)
    comments = session().scalars(found.limit(PAGE_SIZE).offset((at - 1) * PAGE_SIZE)).all()
    return CommentSpan(at, pages, comments, _first_replies(comments) if with_replies else {})


def _first_replies(comments: Sequence[Comment]) -> dict[int, list[Comment]]:
    """The first replies to each, and one more where there are more; in one statement."""
    place = func.row_number().over(
        partition_by=Comment.parent_id, order_by=(Comment.published_at, Comment.id)
    )
    numbers = [comment.id for comment in comments]
    placed = select(Comment.id, place.label("place")).where(Comment.parent_id.in_(numbers), STANDS)
    first = placed.subquery()
    found = (
        select(Comment)
        .join(first, first.c.id == Comment.id)
        .where(first.c.place <= FIRST_REPLIES + 1)
        .order_by(Comment.published_at, Comment.id)
    )
    by_parent: dict[int, list[Comment]] = {}
    for reply in session().scalars(found):
        if reply.parent_id is not None:
            by_parent.setdefault(reply.parent_id, []).append(reply)
    return by_parent

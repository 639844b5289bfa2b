"""News of comments for digests, and what they are called there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import InstrumentedAttribute

from flask_stadtlabor.i18n import _sl, _sln
from flask_stadtlabor.outbox.templates import Line, Link
from flask_stadtlabor.participation.comments.models import Comment, CommentStatus
from flask_stadtlabor.participation.ideas.models import Idea, IdeaFollow, IdeaStatus
from flask_stadtlabor.participation.ideas.news import about_idea
from flask_stadtlabor.participation.telling.operations import People, Subject, tell
from flask_stadtlabor.participation.telling.words import NewsWords, Occurrence, Section
from flask_stadtlabor.state import session
from flask_stadtlabor.text import excerpt
from flask_stadtlabor.urls import absolute_url

COMMENTED = "idea_commented"
ANSWERED = "comment_answered"
BEGINNING = 80
"""Signs of a comment by which its author knows it again."""


def tell_of_comment(comment: Comment) -> None:
    """Write down for the next digest that everybody can read a comment.

    It is told to whoever wrote the comment that it answers, and to whoever wrote or follows the
    idea.
    """
    by = comment.participant_id
    if comment.parent_id is not None:
        author = select(Comment.participant_id).where(Comment.id == comment.parent_id)
        tell(author, ANSWERED, Subject("comment", comment.parent_id), by=by)
    if comment.idea_id is not None:
        tell(_concerned(comment), COMMENTED, about_idea(comment.idea_id), by=by)


def _concerned(comment: Comment) -> People:
    """Whoever wrote or follows the idea, without the one who is told of a reply already."""
    author = select(Idea.participant_id).where(Idea.id == comment.idea_id)
    followers = select(IdeaFollow.participant_id).where(IdeaFollow.idea_id == comment.idea_id)
    people = union(author, followers).subquery()
    found = select(people.c.participant_id).where(people.c.participant_id.is_not(None))
    if comment.parent_id is None:
        return found
    answered = select(Comment.participant_id).where(
        Comment.id == comment.parent_id, Comment.participant_id.is_not(None)
    )
    return found.where(people.c.participant_id.not_in(answered))


def _answered(news: Sequence[Occurrence]) -> Section:
    counted = _counted(Comment.parent_id, news)
    found = select(Comment).where(
        Comment.id.in_(counted), Comment.status == CommentStatus.PUBLISHED
    )
    lines: list[Line] = []
    for said in session().scalars(found.order_by(Comment.id)):
        words = _sln(
            "“%(beginning)s”: %(num)d reply",
            "“%(beginning)s”: %(num)d replies",
            counted[said.id],
            beginning=excerpt(said.text, BEGINNING),
        )
        lines.append(Link(words, absolute_url("comment", number=said.id)))
    return Section(_sl("Replies to your comments"), lines)


def _commented(news: Sequence[Occurrence]) -> Section:
    counted = _counted(Comment.idea_id, news)
    found = select(Idea).where(Idea.id.in_(counted), Idea.status == IdeaStatus.PUBLISHED)
    lines: list[Line] = []
    for idea in session().scalars(found.order_by(Idea.id)):
        words = _sln(
            "“%(title)s”: %(num)d new comment",
            "“%(title)s”: %(num)d new comments",
            counted[idea.id],
            title=idea.title,
        )
        lines.append(Link(words, absolute_url("idea", number=idea.id)))
    return Section(_sl("New comments on ideas"), lines)


def _counted(below: InstrumentedAttribute[int | None], news: Sequence[Occurrence]) -> Counter[int]:
    """How many comments of others came below each since its last digest, in one statement for all.

    All news are one person's.
    """
    since = {one.number: one.since for one in news}
    rows = session().execute(
        select(below, Comment.published_at).where(
            below.in_(since),
            Comment.status == CommentStatus.PUBLISHED,
            Comment.participant_id.is_distinct_from(news[0].whose),
            Comment.published_at >= min(since.values()),
        )
    )
    counted: Counter[int] = Counter()
    for number, moment in rows:
        if number is not None and moment is not None and moment >= since[number]:
            counted[number] += 1
    return counted


COMMENT_NEWS: dict[str, NewsWords] = {ANSWERED: _answered, COMMENTED: _commented}
"""The words for each kind of news of comments, in the order of a digest."""

"""Comments as texts that are moderated."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import joinedload

from flask_stadtlabor.participation.comments.models import Comment, CommentStatus
from flask_stadtlabor.participation.comments.operations import moderation
from flask_stadtlabor.participation.comments.pages import ShownComment
from flask_stadtlabor.participation.comments.threads import thread_of
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.participation.moderation.texts import (
    ModeratedText,
    Quotation,
    Standing,
    TextKind,
)
from flask_stadtlabor.state import session
from flask_stadtlabor.text import excerpt

NAME = "comment"
TITLE_LENGTH = 80
"""Signs of a comment's beginning that stand for a title."""
QUOTED_LENGTH = 240
"""Signs of what it answers."""


def _find(numbers: Collection[int]) -> list[ModeratedText]:
    found = session().scalars(
        select(Comment)
        .options(
            joinedload(Comment.idea).joinedload(Idea.project),
            joinedload(Comment.project),
            joinedload(Comment.event),
        )
        # what its author has not sent is theirs alone
        .where(Comment.id.in_(numbers), Comment.status != CommentStatus.WAITING)
    )
    return [_text(comment) for comment in found]


def _waiting() -> Select[Any]:
    return _rows(Comment.created_at).where(Comment.status == CommentStatus.HELD)


def _newest() -> Select[Any]:
    return _rows(Comment.published_at).where(Comment.status == CommentStatus.PUBLISHED)


def _rows(moment: Any) -> Select[Any]:
    project = func.coalesce(Comment.project_id, Idea.project_id)
    found = select(
        literal(NAME).label("kind"),
        Comment.id.label("number"),
        project.label("project_id"),
        moment.label("moment"),
    )
    return found.outerjoin(Idea, Idea.id == Comment.idea_id)


def _text(comment: Comment) -> ModeratedText:
    thread = thread_of(comment)
    return ModeratedText(
        kind=NAME,
        number=comment.id,
        participant_id=comment.participant_id,
        author=ShownComment(comment=comment).name,
        title=excerpt(comment.text, TITLE_LENGTH),
        text=comment.text,
        language=comment.language,
        translations=comment.translations,
        standing=_standing(comment),
        written_at=comment.published_at or comment.created_at,
        endpoint="comment",
        project=thread.project,
        about=thread.full_title,
        about_url=thread.about_url,
        is_reachable=thread.is_readable,
    )


def _answered(number: int) -> Quotation | None:
    above = select(Comment.parent_id).where(Comment.id == number).scalar_subquery()
    parent = session().scalar(select(Comment).where(Comment.id == above))
    # its author took the words of a deleted one away
    if parent is None or not parent.text:
        return None
    words = excerpt(parent.text, QUOTED_LENGTH)
    return Quotation(parent.id, ShownComment(comment=parent).name, words, parent.language)


def _standing(comment: Comment) -> Standing:
    if not comment.text:
        return Standing.GONE
    return {
        CommentStatus.HELD: Standing.HELD,
        CommentStatus.HIDDEN: Standing.HIDDEN,
    }.get(CommentStatus(comment.status), Standing.PUBLIC)


COMMENTS = TextKind(
    NAME,
    _find,
    _waiting,
    _newest,
    moderation.hide,
    moderation.release,
    moderation.restore,
    _answered,
)

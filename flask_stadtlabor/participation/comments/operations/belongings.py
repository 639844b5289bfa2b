"""What participants have in comments: handed on when two are joined, erased, forgotten in time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, update

from flask_stadtlabor.participation.comments.locks import lock_comment, lock_in_line
from flask_stadtlabor.participation.comments.models import (
    Comment,
    CommentReaction,
    CommentStatus,
)
from flask_stadtlabor.participation.comments.operations.reactions import count_reactions
from flask_stadtlabor.participation.comments.operations.replies import count_above
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.participation.people.operations import UNCONFIRMED_KEPT
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows

People = Select[Any]
"""The numbers of participants, as a part of a statement."""


def hand_on_comments(kept: Participant, gone: Participant) -> None:
    """Give one participant the comments and reactions of another; of two reactions, their own."""
    theirs = update(Comment).where(Comment.participant_id == gone.id)
    change_rows(theirs.values(participant_id=kept.id))
    has = select(CommentReaction.comment_id).where(CommentReaction.participant_id == kept.id)
    doubled = CommentReaction.comment_id.in_(list(session().scalars(has)))
    _end_reactions(and_(CommentReaction.participant_id == gone.id, doubled))
    reactions = update(CommentReaction).where(CommentReaction.participant_id == gone.id)
    change_rows(reactions.values(participant_id=kept.id))


def erase_comments(people: People, *, keeps_texts: bool) -> None:
    """Take everything away that these people have in comments.

    With ``keeps_texts`` the comments that everybody has read stay, without a name. Else their
    places alone stay where there are replies, and say that the author took the comment away.
    """
    theirs = Comment.participant_id.in_(people)
    # a refused one was never there for others
    change_rows(delete(Comment).where(theirs, Comment.published_at.is_(None)))
    if not keeps_texts:
        for number in sorted(session().scalars(select(Comment.id).where(theirs))):
            comment = lock_in_line(number)
            if comment is None:
                continue
            was_public = comment.is_public
            comment.status, comment.text, comment.stance = CommentStatus.WITHDRAWN, "", None
            session().flush()
            if was_public:
                count_above(comment, -1)
    nameless = {"participant_id": None, "public_name": None, "fingerprint": None}
    change_rows(update(Comment).where(theirs).values(**nameless))
    _end_reactions(CommentReaction.participant_id.in_(people))


def delete_waiting_comments() -> int:
    """Delete what nobody published within the time for opening a link; returns how many."""
    return change_rows(delete(Comment).where(_has_waited()))


def count_waiting_comments() -> int:
    """How many :func:`delete_waiting_comments` would delete now."""
    return session().scalar(select(func.count(Comment.id)).where(_has_waited())) or 0


def _has_waited() -> ColumnElement[bool]:
    return and_(
        Comment.status == CommentStatus.WAITING, Comment.created_at <= now() - UNCONFIRMED_KEPT
    )


def _end_reactions(condition: ColumnElement[bool]) -> None:
    """Delete these reactions, and count each comment anew; locked in one order for everybody."""
    of = select(CommentReaction.comment_id).where(condition).distinct()
    for number in sorted(session().scalars(of)):
        lock_comment(number)
        is_one = CommentReaction.comment_id == number
        if change_rows(delete(CommentReaction).where(is_one, condition)):
            count_reactions(number)

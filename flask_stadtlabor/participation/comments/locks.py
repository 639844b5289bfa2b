"""The locks of comments, for whatever changes words, status, reactions or counts of replies."""

from __future__ import annotations

from sqlalchemy import select

from flask_stadtlabor.participation.comments.models import Comment
from flask_stadtlabor.participation.comments.queries import find_line
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import lock_row


def lock_comment(number: int) -> Comment | None:
    """The comment, locked until the transaction ends and read afresh; None where there is none."""
    return lock_row(Comment, Comment.id, number, touch=Comment.status)


def lock_in_line(number: int) -> Comment | None:
    """The same, after all that the comment stands below, for whoever changes how many replies
    those have."""
    lock_line(number)
    return lock_comment(number)


def lock_line(number: int) -> None:
    """Lock a comment and all that it stands below, the oldest first.

    Before a reply is written, because InnoDB then shares a lock of what is answered (for the
    foreign key), and of two who share it neither could count their reply.
    """
    line = Comment.id.in_(find_line(number))
    session().execute(select(Comment.id).where(line).order_by(Comment.id).with_for_update())

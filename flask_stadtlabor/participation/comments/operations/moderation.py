"""What a moderator does with a comment. Each can be asked twice, and then does nothing more."""

from __future__ import annotations

from flask_stadtlabor.participation.comments.locks import lock_in_line
from flask_stadtlabor.participation.comments.models import Comment, CommentStatus
from flask_stadtlabor.participation.comments.operations.replies import count_above
from flask_stadtlabor.participation.comments.operations.writing import send
from flask_stadtlabor.state import session


def hide(number: int) -> Comment | None:
    """Take a comment's words off all pages; its place stays while there are replies below it.

    One that is held is hidden as well, and then was never to be read. Returns the comment; None
    where there is none that everybody reads or that is held.
    """
    comment = lock_in_line(number)
    if comment is None or comment.status not in (
        CommentStatus.PUBLISHED,
        CommentStatus.HELD,
        CommentStatus.HIDDEN,
    ):
        return None
    was_public = comment.is_public
    comment.status = CommentStatus.HIDDEN
    session().flush()
    if was_public:
        count_above(comment, -1)
    return comment


def restore(number: int) -> Comment | None:
    """Let everybody read a hidden comment again; None where it is neither hidden nor published."""
    comment = lock_in_line(number)
    if comment is None or comment.status not in (CommentStatus.PUBLISHED, CommentStatus.HIDDEN):
        return None
    if comment.status == CommentStatus.HIDDEN:
        if comment.published_at is None:
            send(comment)
        else:
            comment.status = CommentStatus.PUBLISHED
            session().flush()
            count_above(comment, 1)
    return comment


def release(number: int) -> Comment | None:
    """Publish a comment that is held; None where it is neither held nor published."""
    comment = lock_in_line(number)
    if comment is None or comment.status not in (CommentStatus.PUBLISHED, CommentStatus.HELD):
        return None
    if comment.status == CommentStatus.HELD:
        send(comment)
    return comment

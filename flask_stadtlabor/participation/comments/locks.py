"""The lock of a comment, which every change of its words, its status and its reactions takes."""

from __future__ import annotations

from flask_stadtlabor.participation.comments.models import Comment
from flask_stadtlabor.transactions import lock_row


def lock_comment(number: int) -> Comment | None:
    """The comment, locked until the transaction ends and read afresh; None where there is none."""
    return lock_row(Comment, Comment.id, number, touch=Comment.status)

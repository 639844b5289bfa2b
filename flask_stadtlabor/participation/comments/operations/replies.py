"""How many published comments stand below each: kept in step with what is published and hidden."""

from __future__ import annotations

from sqlalchemy import update

from flask_stadtlabor.participation.comments.models import Comment
from flask_stadtlabor.participation.comments.queries import find_line
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import change_rows


def count_above(comment: Comment, by: int) -> None:
    """Count a comment in all that it stands below, or no more; in two statements at any depth."""
    if comment.parent_id is None:
        return
    numbers = find_line(comment.parent_id)
    counted = update(Comment).where(Comment.id.in_(numbers))
    change_rows(counted.values(replies=Comment.replies + by))
    for number in numbers:
        known = session().identity_map.get(session().identity_key(Comment, number))
        if known is not None:
            session().expire(known, ["replies"])

"""How many published comments stand below each: kept in step with what is published and hidden."""

from __future__ import annotations

from sqlalchemy import select, update

from flask_stadtlabor.participation.comments.models import Comment
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import change_rows


def count_above(comment: Comment, by: int) -> None:
    """Count a comment in all that it stands below, or no more; in two statements at any depth."""
    if comment.parent_id is None:
        return
    above = select(Comment.id, Comment.parent_id).where(Comment.id == comment.parent_id)
    line = above.cte("above", recursive=True)
    further = select(Comment.id, Comment.parent_id).join(line, Comment.id == line.c.parent_id)
    numbers = session().scalars(select(line.union_all(further).c.id)).all()
    counted = update(Comment).where(Comment.id.in_(sorted(numbers)))
    change_rows(counted.values(replies=Comment.replies + by))
    for number in numbers:
        known = session().identity_map.get(session().identity_key(Comment, number))
        if known is not None:
            session().expire(known, ["replies"])

"""Agreeing and disagreeing with a comment, and taking that back."""

from __future__ import annotations

from sqlalchemy import func, select, update

from flask_stadtlabor.participation.comments.locks import lock_comment
from flask_stadtlabor.participation.comments.models import Comment, CommentReaction, Opinion
from flask_stadtlabor.participation.comments.operations.writing import words_mark
from flask_stadtlabor.participation.people.writing import ChangedMeanwhile
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows


def react(number: int, participant: int, opinion: Opinion, *, seen: str) -> bool:
    """Let somebody agree or disagree, each person once; False where the comment is not public.

    ``seen`` is the mark of what their page showed; raises :class:`ChangedMeanwhile` where the
    comment says something else by now.
    """
    comment = lock_comment(number)
    if comment is None or not comment.is_public:
        return False
    if words_mark(comment) != seen:
        raise ChangedMeanwhile
    reaction = session().get(CommentReaction, (number, participant))
    if reaction is None:
        session().add(
            CommentReaction(
                comment_id=number, participant_id=participant, opinion=opinion, created_at=now()
            )
        )
    else:
        reaction.opinion = opinion
    session().flush()
    count_reactions(number)
    return True


def take_back(number: int, participant: int) -> Opinion | None:
    """Forget what somebody thinks of a comment; returns what that was, None for nothing."""
    lock_comment(number)
    reaction = session().get(CommentReaction, (number, participant))
    if reaction is None:
        return None
    opinion = Opinion(reaction.opinion)
    session().delete(reaction)
    session().flush()
    count_reactions(number)
    return opinion


def count_reactions(number: int) -> None:
    """Write down how many agree with a locked comment and how many do not."""
    rows = session().execute(
        select(CommentReaction.opinion, func.count())
        .where(CommentReaction.comment_id == number)
        .group_by(CommentReaction.opinion)
    )
    found = {opinion: int(people) for opinion, people in rows}
    agrees, disagrees = found.get(Opinion.AGREE, 0), found.get(Opinion.DISAGREE, 0)
    counted = update(Comment).where(Comment.id == number)
    change_rows(counted.values(agrees=agrees, disagrees=disagrees))

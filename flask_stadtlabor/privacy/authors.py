"""Forgetting the names of authors whose texts came from another software: they have no account."""

from __future__ import annotations

from sqlalchemy import update

from flask_stadtlabor.participation.comments.models import Comment
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.state import now
from flask_stadtlabor.transactions import change_rows


def forget_author(name: str) -> int:
    """Take a public name off ideas and comments that are no participant's; returns how many.

    What they say stays. Texts of participants are left alone, whatever name they chose: they can be
    found by an address or an account. The caller commits.
    """
    ideas = update(Idea).where(Idea.public_name == name, Idea.participant_id.is_(None))
    comments = update(Comment).where(Comment.public_name == name, Comment.participant_id.is_(None))
    return change_rows(ideas.values(public_name=None, changed_at=now())) + change_rows(
        comments.values(public_name=None)
    )

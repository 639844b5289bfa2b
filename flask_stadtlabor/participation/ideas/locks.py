"""The lock of an idea, which every change of its text and every end of a support takes."""

from __future__ import annotations

from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.transactions import lock_row


def lock_idea(number: int) -> Idea | None:
    """The idea, locked until the transaction ends and read afresh; None where there is none."""
    return lock_row(Idea, Idea.id, number, touch=Idea.status)

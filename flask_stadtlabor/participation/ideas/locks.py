"""The locks of an idea, which every change of its text and every end of a support takes, and of a
merge."""

from __future__ import annotations

from flask_stadtlabor.participation.ideas.models import Idea, IdeaAnswer, IdeaMerge
from flask_stadtlabor.transactions import lock_row


def lock_idea(number: int) -> Idea | None:
    """The idea, locked until the transaction ends and read afresh; None where there is none."""
    return lock_row(Idea, Idea.id, number, touch=Idea.status)


def lock_merge(number: int) -> IdeaMerge:
    """The merge, locked likewise; raises ``LookupError`` where there is none."""
    found = lock_row(IdeaMerge, IdeaMerge.id, number, touch=IdeaMerge.reached)
    if found is None:
        raise LookupError(number)
    return found


def lock_answer(number: int) -> IdeaAnswer | None:
    """An official answer, locked likewise."""
    return lock_row(IdeaAnswer, IdeaAnswer.id, number, touch=IdeaAnswer.verdict)

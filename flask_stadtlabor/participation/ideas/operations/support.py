"""Supporting and following an idea, and ending that."""

from __future__ import annotations

from sqlalchemy import delete, exists, update

from flask_stadtlabor.participation.ideas.locks import lock_idea
from flask_stadtlabor.participation.ideas.models import Idea, IdeaFollow, IdeaStatus, IdeaSupport
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows


def support(number: int, participant: int, *, version: int) -> bool:
    """Count somebody among those who support an idea; False where they are already.

    ``version`` is that of the text which they saw. Of two that meet, the second counts too and then
    finds the first's row in its way; :func:`~flask_stadtlabor.transactions.commit` runs it again.
    """
    is_among = exists().where(
        IdeaSupport.idea_id == number, IdeaSupport.participant_id == participant
    )
    counted = update(Idea).where(Idea.id == number, Idea.status == IdeaStatus.PUBLISHED, ~is_among)
    if not change_rows(counted.values(supports=Idea.supports + 1)):
        return False
    session().add(
        IdeaSupport(idea_id=number, participant_id=participant, version=version, created_at=now())
    )
    session().flush()
    return True


def take_back(number: int, participant: int) -> bool:
    """Count somebody no more among those who support an idea; False where they were not."""
    lock_idea(number)
    whose = IdeaSupport.idea_id == number, IdeaSupport.participant_id == participant
    if not change_rows(delete(IdeaSupport).where(*whose)):
        return False
    change_rows(update(Idea).where(Idea.id == number).values(supports=Idea.supports - 1))
    return True


def follow(number: int, participant: int) -> None:
    """Let somebody hear news of an idea."""
    if session().get(IdeaFollow, (number, participant)) is None:
        session().add(IdeaFollow(idea_id=number, participant_id=participant, created_at=now()))
        session().flush()


def unfollow(number: int, participant: int) -> None:
    """Let somebody hear no more of an idea."""
    whose = IdeaFollow.idea_id == number, IdeaFollow.participant_id == participant
    change_rows(delete(IdeaFollow).where(*whose))

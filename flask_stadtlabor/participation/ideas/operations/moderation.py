"""What a moderator decides about an idea."""

from __future__ import annotations

from flask_stadtlabor.participation.ideas.locks import lock_idea
from flask_stadtlabor.participation.ideas.merges import open_merge
from flask_stadtlabor.participation.ideas.models import UNSENT, Idea, IdeaStatus
from flask_stadtlabor.participation.ideas.operations.writing import put_before_everybody
from flask_stadtlabor.participation.ideas.similar import forget_grams
from flask_stadtlabor.pictures.operations import show_of_idea
from flask_stadtlabor.state import now, session


def hide(number: int) -> Idea | None:
    """Let nobody read an idea, also one that has waited for that; None where there is nothing."""
    idea = lock_idea(number)
    if idea is None or not idea.text or idea.status in (*UNSENT, IdeaStatus.HIDDEN):
        return None
    idea.status, idea.changed_at = IdeaStatus.HIDDEN, now()
    if idea.picture is not None:
        show_of_idea(idea.picture, shown=False)
    forget_grams([idea.id])
    session().flush()
    return idea


def restore(number: int) -> Idea | None:
    """Let everybody read a hidden idea again; None where it is not hidden."""
    idea = lock_idea(number)
    if idea is None or idea.status != IdeaStatus.HIDDEN:
        return None
    if idea.picture is not None:
        show_of_idea(idea.picture, shown=True)
    before = _status_before(idea)
    if before == IdeaStatus.PUBLISHED:
        return put_before_everybody(idea)
    idea.status, idea.changed_at = before, now()
    session().flush()
    return idea


def _status_before(idea: Idea) -> IdeaStatus:
    """What an idea was before it was hidden."""
    if open_merge(idea.id) is not None:
        return IdeaStatus.MERGED
    # its author had said why, when they withdrew it
    return IdeaStatus.WITHDRAWN if idea.reason is not None else IdeaStatus.PUBLISHED


def release(number: int) -> Idea | None:
    """Publish an idea that waited for a moderator; None where it does not."""
    idea = lock_idea(number)
    if idea is None or idea.status != IdeaStatus.HELD:
        return None
    return put_before_everybody(idea)

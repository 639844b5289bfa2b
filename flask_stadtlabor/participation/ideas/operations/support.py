"""Supporting and following an idea, and ending that."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update

from flask_stadtlabor.db import LARGEST_INTEGER
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.participation.ideas.locks import lock_idea
from flask_stadtlabor.participation.ideas.models import Idea, IdeaFollow, IdeaStatus, IdeaSupport
from flask_stadtlabor.participation.ideas.news import ENOUGH, about_idea
from flask_stadtlabor.participation.ideas.operations.writing import words_mark
from flask_stadtlabor.participation.people.writing import ChangedMeanwhile
from flask_stadtlabor.participation.telling.operations import tell
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows


class Words(NamedTuple):
    """What an idea said when this request read it."""

    number: int
    version: int
    title: str
    text: str
    mark: str
    """Stands for all of it, as the page of the idea has it."""


def words_of(idea: Idea) -> Words:
    """What an idea says now."""
    return Words(idea.id, idea.version, idea.title, idea.text, words_mark(idea))


def support(words: Words, participant: int, *, seen: str) -> bool:
    """Count somebody among those who support an idea; False where they are already.

    ``seen`` is the mark of what their page showed; raises :class:`ChangedMeanwhile` where the idea
    says something else by now. Of two that meet, the second counts too and then finds the first's
    row in its way; :func:`~flask_stadtlabor.transactions.commit` runs it again. The author is told
    when a support makes enough of them.
    """
    number = words.number
    is_among = exists().where(
        IdeaSupport.idea_id == number, IdeaSupport.participant_id == participant
    )
    # it may have been changed since the request read it
    says_the_same = Idea.title == words.title, Idea.text == words.text
    counted = update(Idea).where(
        Idea.id == number,
        Idea.status == IdeaStatus.PUBLISHED,
        *says_the_same,
        ~is_among,
        _stays_below_threshold(),
    )
    is_counted = seen == words.mark and change_rows(counted.values(supports=Idea.supports + 1))
    if not is_counted and not _count_under_lock(number, participant, seen):
        return False
    session().add(
        IdeaSupport(
            idea_id=number,
            participant_id=participant,
            version=words.version,
            created_at=now(),
        )
    )
    session().flush()
    return True


def _stays_below_threshold() -> ColumnElement[bool]:
    """Whether one more support makes nothing happen but that it counts."""
    threshold = select(Project.threshold).where(Project.id == Idea.project_id).scalar_subquery()
    return or_(
        Idea.threshold_reached_at.is_not(None),
        Idea.supports + 1 < func.coalesce(threshold, LARGEST_INTEGER),
    )


def _count_under_lock(number: int, participant: int, seen: str) -> bool:
    """Count a support with which an idea may have enough; False where it is not to be counted.

    Only one of those who come to the threshold at once makes it reached, so that its author is told
    once.
    """
    idea = lock_idea(number)
    if idea is None or not idea.is_public:
        return False
    if session().get(IdeaSupport, (number, participant)) is not None:
        return False
    if words_mark(idea) != seen:
        raise ChangedMeanwhile
    idea.supports += 1
    threshold = session().scalar(select(Project.threshold).where(Project.id == idea.project_id))
    has_enough = threshold is not None and idea.supports >= threshold
    if has_enough and idea.threshold_reached_at is None:
        idea.threshold_reached_at = now()
        if idea.participant_id is not None:
            tell([idea.participant_id], ENOUGH, about_idea(number), by=participant)
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

"""Making an idea part of another one, taking that back, and telling whom it concerns.

Supports are never moved: those of the idea stay with it, and who supports the other one too says so
by a button.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import func, select

from flask_stadtlabor.participation.ideas.locks import lock_idea, lock_merge
from flask_stadtlabor.participation.ideas.mails import tell_of_merge
from flask_stadtlabor.participation.ideas.merges import is_to_be_told, open_merge, to_tell
from flask_stadtlabor.participation.ideas.models import Idea, IdeaMerge, IdeaStatus, IdeaSupport
from flask_stadtlabor.participation.ideas.similar import forget_grams, write_grams
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.state import now, session


class Hindrance(StrEnum):
    """Why an idea cannot become part of another one."""

    ITSELF = "itself"
    OTHER_PROJECT = "other-project"
    NOT_PUBLIC = "not-public"
    """Not everybody reads it; or it is part of another one already."""
    TARGET_NOT_PUBLIC = "target-not-public"
    PEOPLE_CHANGED = "people-changed"
    """More or fewer people would be told than staff was shown."""


class MergeRefused(Exception):
    """An idea cannot become part of another one."""

    def __init__(self, hindrance: Hindrance) -> None:
        super().__init__(hindrance.value)
        self.hindrance = hindrance


def hindrance(idea: Idea, into: Idea) -> Hindrance | None:
    """Why one idea cannot become part of the other; None where it can."""
    if idea.id == into.id:
        return Hindrance.ITSELF
    if idea.project_id != into.project_id:
        return Hindrance.OTHER_PROJECT
    if not idea.is_public:
        return Hindrance.NOT_PUBLIC
    return None if into.is_public else Hindrance.TARGET_NOT_PUBLIC


def merge(number: int, into_number: int, *, people: int) -> IdeaMerge | None:
    """Make an idea part of another one; None where it is already, so that nobody is told twice.

    ``people`` are those that staff was told would get a mail. Raises :class:`MergeRefused`, and
    ``LookupError`` where one of the ideas is not there.
    """
    # in one order, so that two who merge crosswise wait and do not stop each other
    locked = {each: lock_idea(each) for each in sorted({number, into_number})}
    idea, into = locked[number], locked[into_number]
    if idea is None or into is None:
        raise LookupError(number)
    known = open_merge(number)
    if idea.status == IdeaStatus.MERGED and known is not None and known.into_id == into.id:
        return None
    refused = hindrance(idea, into)
    if refused is not None:
        raise MergeRefused(refused)
    if to_tell(idea, into).people != people:
        raise MergeRefused(Hindrance.PEOPLE_CHANGED)
    newest = select(func.max(Participant.id)).where(is_to_be_told(idea, into))
    found = IdeaMerge(
        idea_id=idea.id,
        into_id=into.id,
        people=people,
        last=session().scalar(newest) or 0,
        created_at=now(),
    )
    session().add(found)
    idea.status, idea.changed_at = IdeaStatus.MERGED, now()
    forget_grams([idea.id])
    session().flush()
    return found


def take_back_merge(number: int) -> IdeaMerge | None:
    """Let an idea stand on its own again, with its supports; None where it is part of none.

    Who was not told yet is told nothing.
    """
    idea, found = lock_idea(number), open_merge(number)
    if idea is None or found is None or idea.status != IdeaStatus.MERGED:
        return None
    merge = lock_merge(found.id)
    merge.undone_at, merge.done_at = now(), merge.done_at or now()
    idea.status, idea.changed_at = IdeaStatus.PUBLISHED, now()
    session().flush()
    write_grams(idea)
    return merge


def tell(merge_id: int, numbers: Sequence[int]) -> int:
    """Write to those of these participants whose turn it still is; returns how many.

    Any number of workers can do this at once: they queue at the merge's row, and the second finds
    how far the first has come. Who supports the other idea by now gets nothing, unless they wrote
    this one.
    """
    merge = lock_merge(merge_id)
    if merge.undone_at is not None:
        return 0
    idea, into = (session().get_one(Idea, each) for each in (merge.idea_id, merge.into_id))
    if IdeaStatus.HIDDEN in (idea.status, into.status) or not idea.title:
        # nobody is told of words that nobody can read any more
        return 0
    theirs = select(Participant).where(
        Participant.id.in_(numbers),
        Participant.id > merge.reached,
        Participant.email.is_not(None),
        is_to_be_told(idea, into),
    )
    people = session().scalars(theirs.order_by(Participant.id)).all()
    supported: dict[int, set[int]] = {participant.id: set() for participant in people}
    of_both = IdeaSupport.idea_id.in_((idea.id, into.id))
    found = select(IdeaSupport.participant_id, IdeaSupport.idea_id).where(of_both)
    for whose, number in session().execute(found.where(IdeaSupport.participant_id.in_(supported))):
        supported[whose].add(number)
    for participant in people:
        tell_of_merge(participant, idea, into, supported=supported[participant.id])
    merge.reached = max(merge.reached, *numbers)
    merge.written += len(people)
    session().flush()
    return len(people)


def finish(merge_id: int) -> None:
    """Note that everybody has had their turn."""
    merge = lock_merge(merge_id)
    merge.done_at = merge.done_at or now()

"""Mails about merges that are not written to everybody yet.

They are written a few at a time, each batch in a transaction of its own: a worker that is killed
leaves the rest to the next round.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy import select

from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.participation.ideas.merges import is_to_be_told
from flask_stadtlabor.participation.ideas.models import Idea, IdeaMerge
from flask_stadtlabor.participation.ideas.operations import merging
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import commit

BATCH_SIZE = 25
"""How many mails one transaction writes."""
AT_ONCE = 100
"""How many of a merge are written while whoever merged waits."""


def tell_of_merges(stop: Callable[[], bool], parts: Parts) -> int:
    """Go on with all merges; returns how many mails were written."""
    open_ones: list[int] = []
    with parts.part("Telling of merged ideas"):
        unfinished = select(IdeaMerge.id).where(IdeaMerge.done_at.is_(None))
        open_ones = list(session().scalars(unfinished.order_by(IdeaMerge.id)))
    return sum(_tell(number, stop, parts) for number in open_ones)


def tell_first(merge_id: int) -> None:
    """Write the first mails of a merge, which are all of them for most."""
    begun = 0

    def is_enough() -> bool:
        nonlocal begun
        begun += BATCH_SIZE
        return begun > AT_ONCE

    _tell(merge_id, is_enough, Parts())


def _tell(merge_id: int, stop: Callable[[], bool], parts: Parts) -> int:
    written, failed = 0, parts.failed
    with parts.part(f"Telling of merge {merge_id}"):
        after = session().get_one(IdeaMerge, merge_id, populate_existing=True).reached
        while not stop():
            # no transaction stays open, so that each batch sees what others have written since
            session().rollback()
            merge = session().get_one(IdeaMerge, merge_id)
            idea, into = (session().get_one(Idea, each) for each in (merge.idea_id, merge.into_id))
            theirs = select(Participant.id).where(
                is_to_be_told(idea, into), Participant.id > after, Participant.id <= merge.last
            )
            numbers = list(session().scalars(theirs.order_by(Participant.id).limit(BATCH_SIZE)))
            if numbers:
                name = f"Merge {merge_id}"
                written += parts.in_one_or_each(name, numbers, partial(merging.tell, merge_id))
                after = numbers[-1]
            if len(numbers) < BATCH_SIZE:
                if parts.failed == failed:
                    commit(partial(merging.finish, merge_id))
                break
    return written

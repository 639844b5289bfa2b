"""What participants have in ideas: handed on when two are joined, erased, and forgotten in time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, update

from flask_stadtlabor.participation.ideas.locks import lock_idea
from flask_stadtlabor.participation.ideas.models import (
    Idea,
    IdeaFollow,
    IdeaGram,
    IdeaStatus,
    IdeaSupport,
    IdeaVersion,
)
from flask_stadtlabor.participation.ideas.operations.pictures import let_go_of_pictures
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.participation.people.operations import UNCONFIRMED_KEPT
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows

People = Select[Any]
"""The numbers of participants, as a part of a statement."""


def hand_on(kept: Participant, gone: Participant) -> None:
    """Give one participant the ideas, supports and follows of another; what both have, once."""
    change_rows(update(Idea).where(Idea.participant_id == gone.id).values(participant_id=kept.id))
    for table in (IdeaSupport, IdeaFollow):
        has = select(table.idea_id).where(table.participant_id == kept.id)
        doubled = table.participant_id == gone.id, table.idea_id.in_(list(session().scalars(has)))
        if table is IdeaSupport:
            _end_supports(and_(*doubled))
        else:
            change_rows(delete(table).where(*doubled))
        theirs = update(table).where(table.participant_id == gone.id)
        change_rows(theirs.values(participant_id=kept.id))


def erase_ideas(people: People, *, keeps_texts: bool) -> None:
    """Take everything away that these people have in ideas.

    With ``keeps_texts`` the ideas that everybody has read stay, without a name and a picture. Else
    their pages alone stay, and say that the author took the idea away.
    """
    theirs = Idea.participant_id.in_(people)
    let_go_of_pictures(theirs)
    # a refused one was never there for others
    change_rows(delete(Idea).where(theirs, Idea.published_at.is_(None)))
    if not keeps_texts:
        ideas = select(Idea.id).where(theirs)
        for table in (IdeaVersion, IdeaGram):
            change_rows(delete(table).where(table.idea_id.in_(ideas)))
        words = {"title": "", "text": "", "search_text": ""}
        gone = {**words, "place": None, "area": None, "reason": None}
        change_rows(
            update(Idea).where(theirs).values(**gone, status=IdeaStatus.WITHDRAWN, changed_at=now())
        )
    change_rows(
        update(Idea)
        .where(theirs)
        .values(
            participant_id=None,
            public_name=None,
            fingerprint=None,
            picture=None,
            picture_alt=None,
            changed_at=now(),
        )
    )
    _end_supports(IdeaSupport.participant_id.in_(people))
    change_rows(delete(IdeaFollow).where(IdeaFollow.participant_id.in_(people)))


def delete_waiting() -> int:
    """Delete what nobody published within the time for opening a link; returns how many."""
    let_go_of_pictures(_has_waited())
    return change_rows(delete(Idea).where(_has_waited()))


def count_waiting() -> int:
    """How many :func:`delete_waiting` would delete now."""
    return session().scalar(select(func.count(Idea.id)).where(_has_waited())) or 0


def _has_waited() -> ColumnElement[bool]:
    return (Idea.status == IdeaStatus.WAITING) & (Idea.created_at <= now() - UNCONFIRMED_KEPT)


def _end_supports(condition: ColumnElement[bool]) -> None:
    """Delete these supports, and count each idea without as many as were deleted.

    Two participants who are erased at once may support the same idea, and two requests may delete
    the same rows; so the ideas are locked, in one order for everybody.
    """
    supported = select(IdeaSupport.idea_id).where(condition).distinct()
    for number in sorted(session().scalars(supported)):
        lock_idea(number)
        gone = change_rows(delete(IdeaSupport).where(IdeaSupport.idea_id == number, condition))
        if gone:
            counted = update(Idea).where(Idea.id == number)
            change_rows(counted.values(supports=Idea.supports - gone))

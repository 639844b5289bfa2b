"""Reading what became part of what, and who is to be told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from flask_stadtlabor.participation.ideas.models import Idea, IdeaMerge, IdeaStatus, IdeaSupport
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.state import session

MOST_PARTS = 50
"""Ideas that the page of the one which they became part of names."""


class ToTell(NamedTuple):
    """How many people a mail about a merge would go to."""

    by_language: Mapping[str, int]
    without_mail: int
    """Those of whom no address is known; they get none."""

    @property
    def people(self) -> int:
        """All who get a mail."""
        return sum(self.by_language.values())


def open_merge(number: int) -> IdeaMerge | None:
    """The merge by which an idea became part of another one, unless it was taken back."""
    found: IdeaMerge | None = session().scalar(
        select(IdeaMerge).where(IdeaMerge.idea_id == number, IdeaMerge.undone_at.is_(None))
    )
    return found


def merged_into(idea: Idea) -> Idea | None:
    """The idea that another one became part of in the end, in one statement; None for none."""
    if idea.status != IdeaStatus.MERGED:
        return None
    is_open = IdeaMerge.undone_at.is_(None)
    first = select(IdeaMerge.into_id, literal(1).label("step"))
    way = first.where(IdeaMerge.idea_id == idea.id, is_open).cte("way", recursive=True)
    further = select(IdeaMerge.into_id, way.c.step + 1)
    way = way.union_all(further.where(IdeaMerge.idea_id == way.c.into_id, is_open))
    found: Idea | None = session().scalar(
        select(Idea).join(way, Idea.id == way.c.into_id).order_by(way.c.step.desc()).limit(1)
    )
    return found


def merged_from(idea: Idea) -> Sequence[Idea]:
    """The ideas that became part of this one, or of one of those, in one statement."""
    is_open = IdeaMerge.undone_at.is_(None)
    parts = (
        select(IdeaMerge.idea_id)
        .where(IdeaMerge.into_id == idea.id, is_open)
        .cte("parts", recursive=True)
    )
    further = select(IdeaMerge.idea_id)
    parts = parts.union_all(further.where(IdeaMerge.into_id == parts.c.idea_id, is_open))
    found = select(Idea).join(parts, Idea.id == parts.c.idea_id)
    is_there = Idea.status == IdeaStatus.MERGED
    return session().scalars(found.where(is_there).order_by(Idea.id).limit(MOST_PARTS)).all()


def to_tell(idea: Idea, into: Idea) -> ToTell:
    """Whom a merge would tell now, in one statement."""
    counting = select(Participant.language, func.count(), func.count(Participant.email))
    whom = counting.where(is_to_be_told(idea, into)).group_by(Participant.language)
    rows = [(code, int(all_), int(mailed)) for code, all_, mailed in session().execute(whom)]
    return ToTell(
        {code: mailed for code, _, mailed in sorted(rows) if mailed},
        sum(all_ - mailed for _, all_, mailed in rows),
    )


def is_to_be_told(idea: Idea, into: Idea) -> ColumnElement[bool]:
    """Whoever wrote an idea, and the participants who support it and not the other one.

    Nobody is told twice of the same idea, whether because several that they support became part of
    it, or because a merge was taken back and done again; its author is told of each of their own.
    """
    supports = select(IdeaSupport.idea_id).where(IdeaSupport.participant_id == Participant.id)
    passed = IdeaMerge.into_id == into.id, Participant.id <= IdeaMerge.reached
    was_told = (
        select(IdeaMerge.id)
        .join(IdeaSupport, IdeaSupport.idea_id == IdeaMerge.idea_id)
        .where(
            IdeaSupport.participant_id == Participant.id,
            IdeaSupport.created_at <= IdeaMerge.created_at,
            *passed,
        )
    )
    is_asked = and_(
        supports.where(IdeaSupport.idea_id == idea.id).exists(),
        ~supports.where(IdeaSupport.idea_id == into.id).exists(),
        ~was_told.exists(),
    )
    if idea.participant_id is None:
        return is_asked
    is_author = Participant.id == idea.participant_id
    has_heard = select(IdeaMerge.id).where(IdeaMerge.idea_id == idea.id, *passed)
    return or_(and_(~is_author, is_asked), and_(is_author, ~has_heard.exists()))

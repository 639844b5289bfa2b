"""Erasing participants, with all that the rooms of participation know of them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from flask_stadtlabor.participation.comments.operations.belongings import erase_comments
from flask_stadtlabor.participation.ideas.operations.belongings import erase_ideas
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.participation.people.operations import delete_participants, is_unconfirmed


def erase_participants(numbers: Collection[int], *, keeps_texts: bool) -> int:
    """Delete these participants with all that is theirs; returns how many. The caller commits.

    With ``keeps_texts`` what everybody has read of them stays without a name; else there is left
    that it was there.
    """
    if not numbers:
        return 0
    condition = Participant.id.in_(numbers)
    people = select(Participant.id).where(condition)
    erase_ideas(people, keeps_texts=keeps_texts)
    erase_comments(people, keeps_texts=keeps_texts)
    return delete_participants(condition)


def delete_unconfirmed() -> int:
    """Delete participants whose address nobody confirmed, with what waits; returns how many."""
    people = select(Participant.id).where(is_unconfirmed())
    erase_ideas(people, keeps_texts=False)
    erase_comments(people, keeps_texts=False)
    return delete_participants(is_unconfirmed())

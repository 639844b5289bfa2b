"""Erasing participants, with all that the rooms of participation know of them."""

from __future__ import annotations

from collections.abc import Collection

from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.participation.people.operations import delete_participants


def erase_participants(numbers: Collection[int]) -> int:
    """Delete these participants with all that is theirs; returns how many. The caller commits."""
    return delete_participants(Participant.id.in_(numbers)) if numbers else 0

"""What the phase in which a project stands lets people do; pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.phases import TimedPhase, coming_phase, running_phase, timed_phases


class Deed(StrEnum):
    """What somebody can do in a project."""

    IDEA = "idea"
    SUPPORT = "support"
    COMMENT = "comment"
    VOTE = "vote"


OPEN: Final[Mapping[str, frozenset[Deed]]] = MappingProxyType(
    {
        "inform": frozenset(),
        "ideas": frozenset({Deed.IDEA, Deed.SUPPORT, Deed.COMMENT}),
        "discuss": frozenset({Deed.SUPPORT, Deed.COMMENT}),
        "vote": frozenset({Deed.VOTE, Deed.COMMENT}),
        "results": frozenset({Deed.COMMENT}),
    }
)
"""What is open in a phase of each kind."""


def open_deeds(project: Project, moment: datetime) -> frozenset[Deed]:
    """What people can do in the project at ``moment``; nothing between two phases."""
    current = current_phase(project, moment)
    return OPEN[current.phase.kind] if current is not None else frozenset()


def current_phase(project: Project, moment: datetime) -> TimedPhase | None:
    """The phase that runs at ``moment``; None before, between and after phases."""
    return running_phase(timed_phases(project), moment)


def next_phase(project: Project, moment: datetime) -> TimedPhase | None:
    """The phase that begins next after ``moment``; None where none is to come."""
    return coming_phase(timed_phases(project), moment)

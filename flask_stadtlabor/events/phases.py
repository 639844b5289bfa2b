"""A project's phases in time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.project_content import Phase
from flask_stadtlabor.events.wall_times import stored_moment


class TimedPhase(NamedTuple):
    """A phase with its times in UTC."""

    phase: Phase
    starts_at: datetime
    ends_at: datetime | None
    """Its first moment after the phase; None for one that goes on."""

    def has_begun(self, moment: datetime) -> bool:
        """Whether it runs at ``moment`` or is over."""
        return self.starts_at <= moment

    def is_over(self, moment: datetime) -> bool:
        """Whether it has ended by ``moment``."""
        return self.ends_at is not None and self.ends_at <= moment

    def runs(self, moment: datetime) -> bool:
        """Whether it has begun at ``moment`` and is not over."""
        return self.has_begun(moment) and not self.is_over(moment)


def timed_phases(project: Project) -> list[TimedPhase]:
    """The project's phases in the order of their starts."""
    timed = [
        TimedPhase(
            phase,
            stored_moment(phase.starts_at, project.timezone),
            stored_moment(phase.ends_at, project.timezone) if phase.ends_at else None,
        )
        for phase in project.phases
    ]
    return sorted(timed, key=lambda each: each.starts_at)


def next_turn(projects: Iterable[Project], moment: datetime) -> datetime | None:
    """When the next phase of any of these begins or ends; None for never again."""
    turns = (
        turn
        for project in projects
        for each in timed_phases(project)
        for turn in (each.starts_at, each.ends_at)
    )
    return min((turn for turn in turns if turn is not None and turn > moment), default=None)


def running_phase(phases: Iterable[TimedPhase], moment: datetime) -> TimedPhase | None:
    """The phase that runs at ``moment``; None before, between and after phases."""
    return next((each for each in phases if each.runs(moment)), None)


def coming_phase(phases: Iterable[TimedPhase], moment: datetime) -> TimedPhase | None:
    """The first of these in their order that begins after ``moment``; None where none does."""
    return next((each for each in phases if not each.has_begun(moment)), None)

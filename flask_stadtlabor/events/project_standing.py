"""Where a project stands, in words: the one place for its pages, the feed and the open data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from flask_stadtlabor.dates import format_moment
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.phases import TimedPhase, coming_phase, running_phase, timed_phases
from flask_stadtlabor.events.project_content import PHASE_KINDS, Phase
from flask_stadtlabor.i18n import _sl, words


class Stage(StrEnum):
    """A project's place in time."""

    RUNNING = "running"
    """One of its phases runs."""
    AHEAD = "ahead"
    """None has begun."""
    BETWEEN = "between"
    """One is over, and the next has yet to begin."""
    OVER = "over"
    UNDATED = "undated"
    """It has no phases."""


class ProjectStanding(NamedTuple):
    """A project at a moment, and what is said of it."""

    project: Project
    phases: Sequence[TimedPhase]
    """In the order of their starts."""
    current: TimedPhase | None
    coming: TimedPhase | None
    stage: Stage

    @property
    def word(self) -> str:
        """Where it stands in one word or two, for a list; what staff wrote where it says nothing.

        In the current language, or that of the status.
        """
        if self.current is not None:
            return _words_of_kind()[self.current.phase.kind]
        return {
            Stage.AHEAD: _sl("Begins soon"),
            Stage.BETWEEN: _sl("Goes on soon"),
            Stage.OVER: _sl("Project finished"),
        }.get(self.stage, "")

    @property
    def sentence(self) -> str:
        """Where it stands in a sentence or two; empty for one without phases."""
        if self.current is None:
            return {
                Stage.AHEAD: _sl("This project has not begun yet."),
                Stage.BETWEEN: _sl("One phase is over, and the next has yet to begin."),
                Stage.OVER: _sl("This project is finished. What came of it stays here."),
            }.get(self.stage, "")
        said = _sentences_of_kind()[self.current.phase.kind]
        return " ".join(filter(None, (said, self.until)))

    @property
    def until(self) -> str:
        """Until when the current phase runs, in a sentence; empty where it has no end."""
        if self.current is None or self.current.ends_at is None:
            return ""
        moment = format_moment(self.current.ends_at, self.project.timezone)
        return _sl("This phase runs until %(moment)s.", moment=moment)

    @property
    def next_sentence(self) -> str:
        """What comes next, and when; empty where nothing is to come."""
        if self.coming is None:
            return ""
        moment = format_moment(self.coming.starts_at, self.project.timezone)
        name = name_of(self.coming.phase)
        return _sl("“%(phase)s” begins on %(moment)s.", phase=name, moment=moment)

    @property
    def changing(self) -> tuple[object, ...]:
        """What time alone changes of all this."""
        running = self.current.phase.slug if self.current is not None else None
        coming = self.coming.phase.slug if self.coming is not None else None
        return self.project.id, running, coming, self.stage.value


def project_standing(project: Project, moment: datetime) -> ProjectStanding:
    """The project as it stands at ``moment``."""
    phases = timed_phases(project)
    current, coming = running_phase(phases, moment), coming_phase(phases, moment)
    return ProjectStanding(project, phases, current, coming, _stage(phases, current, coming))


def name_of(phase: Phase) -> str:
    """The title of a phase in the current language; else what its kind is called."""
    return words(phase.title) or str(PHASE_KINDS[phase.kind])


def _stage(
    phases: Sequence[TimedPhase], current: TimedPhase | None, coming: TimedPhase | None
) -> Stage:
    if not phases:
        return Stage.UNDATED
    if current is not None:
        return Stage.RUNNING
    if coming is None:
        return Stage.OVER
    return Stage.AHEAD if coming == phases[0] else Stage.BETWEEN


def _words_of_kind() -> dict[str, str]:
    return {
        "inform": _sl("To inform yourself"),
        "ideas": _sl("Ideas are collected"),
        "discuss": _sl("In discussion"),
        "vote": _sl("The vote is on"),
        "results": _sl("The results are here"),
    }


def _sentences_of_kind() -> dict[str, str]:
    return {
        "inform": _sl("For now you can inform yourself here."),
        "ideas": _sl("You can write ideas now, and support and comment on those of others."),
        "discuss": _sl("You can support and comment on the ideas now."),
        "vote": _sl("You can vote now."),
        "results": _sl("Here is what came of it."),
    }

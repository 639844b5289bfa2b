"""What the public pages of projects show, ready for the templates.

Contexts: ``participation/projects/show.html`` gets ``page`` (:class:`ProjectPage`),
``participation/projects/index.html`` gets ``listing`` (:class:`ProjectListing`); each gets ``meta``
(:class:`~flask_stadtlabor.events.formats.metadata.Meta`) too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.phases import TimedPhase
from flask_stadtlabor.events.project_content import PHASE_KINDS
from flask_stadtlabor.events.project_standing import ProjectStanding, Stage
from flask_stadtlabor.events.standing import Standing
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.participation.projects.phases import OPEN, Deed
from flask_stadtlabor.state import now
from flask_stadtlabor.urls import local_url


@dataclass(frozen=True, kw_only=True)
class ProjectPage:
    """The page of one project."""

    project: Project
    standing: ProjectStanding
    deeds: frozenset[Deed]
    """What people can do in it now."""
    upcoming: Sequence[Standing]
    """The events that show it, the soonest first."""
    past: Sequence[Standing]
    """Those that are over, the latest first."""

    @property
    def collects_ideas(self) -> bool:
        """Whether it has begun to collect ideas."""
        return any(
            timed.phase.kind == "ideas" and timed.has_begun(now()) for timed in self.standing.phases
        )

    @property
    def takes_comments(self) -> bool:
        """Whether a phase has begun in which it is talked about."""
        return any(
            Deed.COMMENT in OPEN[timed.phase.kind] and timed.has_begun(now())
            for timed in self.standing.phases
        )

    @property
    def level_sentence(self) -> str:
        """Who can write in it, in a sentence."""
        return {
            "confirmed_email": _sl("Anybody can, with an e-mail address that we confirm once."),
            "signed_in": _sl("Whoever is signed in can."),
            "verified_resident": _sl("Residents can, once the city has verified them."),
        }[self.project.level]

    def state_of(self, timed: TimedPhase) -> str:
        """Whether a phase is over, runs or is to come, in a word."""
        if timed is self.standing.current:
            return _sl("Now")
        coming = self.standing.coming
        is_to_come = coming is not None and timed.starts_at >= coming.starts_at
        return _sl("To come") if is_to_come else _sl("Over")

    def name_of(self, timed: TimedPhase) -> str:
        """What a phase is called that has no title, and what a phase with one is for."""
        return str(PHASE_KINDS[timed.phase.kind])


@dataclass(frozen=True, kw_only=True)
class ProjectListing:
    """One page of the list of projects."""

    projects: Sequence[ProjectStanding]
    total: int
    """Projects on all pages."""
    page: int
    pages: int

    @property
    def groups(self) -> Iterator[tuple[str, str, list[ProjectStanding]]]:
        """The projects of the page by where they stand: an id, a heading, and those in it."""
        for name, heading, stages in (
            ("now", _sl("Going on now"), {Stage.RUNNING}),
            ("coming", _sl("Coming up"), {Stage.AHEAD, Stage.BETWEEN}),
            ("more", _sl("More projects"), {Stage.UNDATED}),
            ("over", _sl("Finished projects"), {Stage.OVER}),
        ):
            found = [each for each in self.projects if each.stage in stages]
            if found:
                yield name, heading, found

    def page_url(self, page: int) -> str:
        """The address of a page of this list."""
        return local_url("projects", **({"page": page} if page > 1 else {}))

    @property
    def previous_url(self) -> str | None:
        """The address of the page before, if there is one."""
        return self.page_url(self.page - 1) if self.page > 1 else None

    @property
    def next_url(self) -> str | None:
        """The address of the next page, if there is one."""
        return self.page_url(self.page + 1) if self.page < self.pages else None

"""What the public pages show, ready for the templates.

Contexts: ``events/show.html`` gets ``page`` (:class:`EventPage`), ``events/index.html`` gets
``listing`` (:class:`Listing`), ``events/series.html`` gets ``series``, ``upcoming`` and ``past``
(lists of :class:`~.standing.Standing`), ``events/easy.html`` gets ``standing``; each gets ``meta``
(:class:`~.formats.metadata.Meta`) too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from flask_stadtlabor.consent.texts.published import PurposeTexts
from flask_stadtlabor.events.content import Results
from flask_stadtlabor.events.models import Event, Project, Series
from flask_stadtlabor.events.programme import TimedItem
from flask_stadtlabor.events.project_standing import ProjectStanding
from flask_stadtlabor.events.standing import Standing
from flask_stadtlabor.urls import local_url


@dataclass(frozen=True, kw_only=True)
class EventPage:
    """The page of one event."""

    event: Event
    """With its ``series`` loaded."""
    standing: Standing
    programme: Sequence[TimedItem]
    projects: Sequence[Project]
    notices: Sequence[PurposeTexts]
    """Purposes of mode ``notice``: told, not asked (C1)."""
    other_dates: Sequence[Standing]
    """The next dates of the same series, without this one."""
    structured_data: Markup
    """JSON-LD for ``<script type="application/ld+json">``, escaped already (D1)."""
    results: Results | None
    """What came of the event; None before it is over."""
    asks_feedback: bool
    """Whether people can say now how it was."""
    moved_sentence: str
    """When the event was to begin that has another date by now; empty for any other."""
    why_off: str = ""
    """Why it is cancelled or postponed, and what there is in its place."""
    alternative: Event | None = None
    """The event to which people can come where this one is cancelled."""
    is_preview: bool = False
    """Whether it shows what staff works on; then nobody can register on it."""


@dataclass(frozen=True)
class Filters:
    """What a visitor of the list asked for; empty texts where nothing was asked."""

    q: str = ""
    series: str = ""
    """A series' slug."""
    when: str = ""
    """``past``, or nothing for upcoming events first and past ones below."""

    @property
    def is_active(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.q or self.series or self.when)

    def query(self, page: int = 1) -> dict[str, str | int]:
        """The query of the list's address for one of its pages, without what is default."""
        asked: dict[str, str | int] = {"q": self.q, "series": self.series, "when": self.when}
        return {name: value for name, value in asked.items() if value} | (
            {"page": page} if page > 1 else {}
        )


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One page of the list of events."""

    upcoming: Sequence[Standing]
    """The soonest first; running events are upcoming until they end."""
    past: Sequence[Standing]
    """The latest first."""
    total: int
    """Events on all pages."""
    page: int
    pages: int
    filters: Filters
    series_list: Sequence[Series]
    projects: Sequence[ProjectStanding]
    """Those that fit what was looked for; none where nothing was."""
    has_projects: bool
    """Whether there is any project."""
    search_is_cut: bool
    """Whether more was asked for than is looked for."""
    latest_past: Standing | None
    """When nothing is upcoming: the event that was last, where there was one."""

    def page_url(self, page: int) -> str:
        """The address of a page of this list, with its filters."""
        return local_url("index", **self.filters.query(page))

    @property
    def previous_url(self) -> str | None:
        """The address of the page before, if there is one."""
        return self.page_url(self.page - 1) if self.page > 1 else None

    @property
    def next_url(self) -> str | None:
        """The address of the next page, if there is one."""
        return self.page_url(self.page + 1) if self.page < self.pages else None

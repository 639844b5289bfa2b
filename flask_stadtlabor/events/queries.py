"""Reading events: what each page and feed needs, in few statements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select
from sqlalchemy.orm import contains_eager

from flask_stadtlabor.db import SLUG_LENGTH
from flask_stadtlabor.events.content import SLUG
from flask_stadtlabor.events.models import Event, EventProject, EventStatus, Project, Series
from flask_stadtlabor.events.pages import Filters
from flask_stadtlabor.events.phases import timed_phases
from flask_stadtlabor.folding import search_words
from flask_stadtlabor.revision import CHANGED_AT, NUMBER, Revision
from flask_stadtlabor.state import now, session

PAGE_SIZE = 20
OTHER_DATES = 6
"""Further dates of its series that an event page shows at most."""
MOST_PROJECTS = 10
"""Projects that a search of the list shows at most."""
FEED_PAST = timedelta(days=365)
"""How long calendars and feeds keep an event that is over."""

_PUBLIC = Event.status != EventStatus.DRAFT


@dataclass(frozen=True)
class EventProbe:
    """The changing data of an event page, read in one statement."""

    event: Event
    others: Sequence[Event]
    """The next dates of the same series."""
    revision: Revision

    @property
    def changed_at(self) -> datetime:
        """When anything on the page changed last, seats and time going on left aside."""
        return max(self.revision.changed_at or self.event.revised_at, self.event.revised_at)


@dataclass(frozen=True)
class Span:
    """A page of the list: how many events there are, and those on the page."""

    upcoming: int
    """Upcoming events on all pages."""
    next_end: datetime | None
    """When the first of them ends."""
    total: int
    page: int
    pages: int
    events: Sequence[Event]
    revision: Revision
    has_projects: bool
    """Whether there is any project."""


def is_slug(text: str) -> bool:
    """Whether ``text`` has the form of a slug; other texts can cause errors in a database.

    PostgreSQL refuses NUL, and MariaDB takes no notice of blanks at the end.
    """
    return len(text) <= SLUG_LENGTH and re.fullmatch(SLUG, text) is not None


def find_event(slug: str) -> Event | None:
    """The event with its series, drafts too; None where there is none."""
    if not is_slug(slug):
        return None
    found: Event | None = session().scalar(with_series().where(Event.slug == slug))
    return found


def probe_event(slug: str, *, with_other_dates: bool = True) -> EventProbe | None:
    """The event with its series, the series' next dates and the content revision, at once."""
    if not is_slug(slug):
        return None
    found = session().execute(_probe(with_other_dates), {"slug": slug, "now": now()})
    rows = found.all()
    if not rows:
        return None
    (event, number, changed_at), *others = rows
    return EventProbe(event, [row[0] for row in others], Revision(number or 0, changed_at))


@cache
def _probe(with_other_dates: bool) -> Select[Any]:
    is_it = Event.slug == bindparam("slug")
    probe = with_series().add_columns(NUMBER, CHANGED_AT)
    if not with_other_dates:
        return probe.where(is_it)
    same_series = select(Event.series_id).where(is_it).scalar_subquery()
    is_other = (Event.series_id == same_series) & _PUBLIC & (Event.ends_at > bindparam("now"))
    in_order = (case((is_it, 0), else_=1), Event.starts_at, Event.id)
    return probe.where(or_(is_it, is_other)).order_by(*in_order).limit(1 + OTHER_DATES)


def find_projects(event: Event) -> Sequence[Project]:
    """The projects that an event shows, in its order."""
    return (
        session()
        .scalars(
            select(Project)
            .join(EventProject, EventProject.project_id == Project.id)
            .where(EventProject.event_id == event.id)
            .order_by(EventProject.position)
        )
        .all()
    )


def list_series() -> Sequence[Series]:
    """Series with at least one public event, by slug."""
    shown = select(Event.series_id).where(_PUBLIC, Event.series_id.is_not(None))
    return session().scalars(select(Series).where(Series.id.in_(shown)).order_by(Series.slug)).all()


def find_span(filters: Filters, page: str | int | None) -> Span:
    """A page of the list, in two statements.

    ``page`` is what the address says: nonsense or too little gives the first page, too much the
    last one.
    """
    condition = _matching(filters)
    is_upcoming = Event.ends_at > now()
    counts = (
        select(
            func.count(),
            func.coalesce(func.sum(case((is_upcoming, 1), else_=0)), 0),
            func.min(case((is_upcoming, Event.ends_at))),
        )
        .select_from(Event)
        .where(condition)
        .add_columns(NUMBER, CHANGED_AT, select(Project.id).exists())
    )
    total, upcoming, next_end, number, changed_at, has_projects = session().execute(counts).one()
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(whole_number(page), 1), pages)
    chosen = (
        select(Event.id.label("id"))
        .where(condition)
        .order_by(*_soonest_then_latest(is_upcoming))
        .limit(PAGE_SIZE)
        .offset((at - 1) * PAGE_SIZE)
        .subquery()
    )
    events: Sequence[Event] = ()
    if total:
        events = (
            session()
            .scalars(
                with_series()
                .join(chosen, chosen.c.id == Event.id)
                .order_by(*_soonest_then_latest(is_upcoming))
            )
            .all()
        )
    revision = Revision(number or 0, changed_at)
    return Span(
        int(upcoming), next_end, total, at, pages, events, revision, has_projects=bool(has_projects)
    )


def find_series(slug: str) -> tuple[Series, Revision] | None:
    """The series with the content revision."""
    if not is_slug(slug):
        return None
    row = (
        session()
        .execute(select(Series, NUMBER, CHANGED_AT).where(Series.slug == slug))
        .one_or_none()
    )
    return None if row is None else (row[0], Revision(row[1] or 0, row[2]))


def find_series_events(series: Series) -> tuple[Sequence[Event], Sequence[Event]]:
    """The series' public events: upcoming ones, the soonest first, and past ones, latest first."""
    return _coming_and_gone(with_series().where(Event.series_id == series.id))


def find_project_events(project: Project) -> tuple[Sequence[Event], Sequence[Event]]:
    """The public events that show a project: upcoming and past ones, as of a series."""
    shows = select(EventProject.event_id).where(EventProject.project_id == project.id)
    return _coming_and_gone(with_series().where(Event.id.in_(shows)))


def find_projects_like(q: str) -> Sequence[Project]:
    """The first projects that hold every word looked for, by slug; none for no words."""
    looked_for = search_words(q)
    if not looked_for:
        return ()
    found = select(Project).order_by(Project.slug).limit(MOST_PROJECTS)
    for word in looked_for:
        found = found.where(Project.search_text.contains(word, autoescape=True))
    return session().scalars(found).all()


def list_projects() -> Sequence[Project]:
    """All projects, by slug."""
    return session().scalars(select(Project).order_by(Project.slug)).all()


def projects_in_time() -> list[Project]:
    """The projects of calendars and feeds: those with phases that are not over for long."""
    moment = now()
    dated = [(project, leaves_feed_at(project)) for project in list_projects() if project.phases]
    return [project for project, leaves_at in dated if leaves_at is None or leaves_at > moment]


def leaves_feed_at(project: Project) -> datetime | None:
    """When a project is too old for calendars and feeds; None for one that goes on."""
    ends = [each.ends_at for each in timed_phases(project)]
    known = [end for end in ends if end is not None]
    return max(known) + FEED_PAST if known and len(known) == len(ends) else None


def _coming_and_gone(statement: Select[Any]) -> tuple[Sequence[Event], Sequence[Event]]:
    moment = now()
    in_order = _soonest_then_latest(Event.ends_at > moment)
    events = session().scalars(statement.where(_PUBLIC).order_by(*in_order)).all()
    upcoming = [event for event in events if event.ends_at > moment]
    return upcoming, events[len(upcoming) :]


class FeedProbe(NamedTuple):
    """What a calendar or feed depends on.

    As time goes by, it loses events, and tells what came of those that are over.
    """

    events: int
    over: int
    leaves_at: datetime | None
    """When the first of them is too old for it."""
    next_end: datetime | None
    """When the next of them is over."""
    revision: Revision


def probe_feed(series: Series | None) -> FeedProbe:
    """How many events calendars and feeds hold now, with the content revision."""
    still_to_end = case((Event.ends_at > now(), Event.ends_at))
    count, first_end, next_end, to_end, number, changed_at = (
        session()
        .execute(
            select(
                func.count(),
                func.min(Event.ends_at),
                func.min(still_to_end),
                func.count(still_to_end),
                NUMBER,
                CHANGED_AT,
            )
            .select_from(Event)
            .where(_in_feed(series))
        )
        .one()
    )
    leaves_at = first_end + FEED_PAST if first_end else None
    return FeedProbe(count, count - to_end, leaves_at, next_end, Revision(number or 0, changed_at))


def find_feed_events(series: Series | None) -> Sequence[Event]:
    """Public events of calendars and feeds: upcoming ones and those of the last year."""
    return (
        session()
        .scalars(with_series().where(_in_feed(series)).order_by(Event.starts_at, Event.id))
        .all()
    )


def find_upcoming(number: int) -> Sequence[Event]:
    """The next public events, those that run included, the soonest first."""
    return (
        session()
        .scalars(
            with_series()
            .where(_PUBLIC, Event.ends_at > now())
            .order_by(Event.starts_at, Event.id)
            .limit(number)
        )
        .all()
    )


def read_revision() -> Revision:
    """The content revision by itself."""
    number, changed_at = session().execute(select(NUMBER, CHANGED_AT)).one()
    return Revision(number or 0, changed_at)


def stream_public_events() -> Iterator[Event]:
    """All public events by their start, read bit by bit, so that any number needs little memory."""
    statement = with_series().where(_PUBLIC).order_by(Event.starts_at, Event.id)
    yield from session().scalars(statement.execution_options(yield_per=200))


def with_series() -> Select[Any]:
    """Events with their series loaded, because a host's policy may read it."""
    return select(Event).outerjoin(Event.series).options(contains_eager(Event.series))


def _in_feed(series: Series | None) -> ColumnElement[bool]:
    condition = _PUBLIC & (Event.ends_at > now() - FEED_PAST)
    return condition if series is None else condition & (Event.series_id == series.id)


def _soonest_then_latest(is_upcoming: ColumnElement[bool]) -> tuple[Any, ...]:
    """Upcoming events first, the soonest on top; then past ones, the latest on top."""
    return (
        case((is_upcoming, 0), else_=1),
        case((is_upcoming, Event.starts_at), else_=None).asc(),
        Event.starts_at.desc(),
        Event.id,
    )


def _matching(filters: Filters) -> ColumnElement[bool]:
    """Public events that hold every word looked for, wherever in their texts."""
    condition = _PUBLIC
    for word in search_words(filters.q):
        condition &= Event.search_text.contains(word, autoescape=True)
    if filters.series:
        # a series that does not exist holds no event
        wanted = select(Series.id).where(Series.slug == filters.series).scalar_subquery()
        condition &= Event.series_id == wanted
    if filters.when == "past":
        condition &= Event.ends_at <= now()
    return condition


def whole_number(page: str | int | None) -> int:
    """The page number that was meant; Python refuses to read thousands of digits."""
    text = str(page or 1).strip()
    return int(text[:9]) if text.isdecimal() and text.isascii() else 1

"""Changing series, projects and events. Operations flush; the caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor import signals
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import place_key
from flask_stadtlabor.events.locks import lock_event_named
from flask_stadtlabor.events.models import Event, EventProject, Project, Series
from flask_stadtlabor.events.next_step import Dates, begins_anew
from flask_stadtlabor.folding import search_form
from flask_stadtlabor.revision import content_changed
from flask_stadtlabor.state import now, session, settings
from flask_stadtlabor.text import plain

CALENDAR_FIELDS = frozenset({"title", "status", "starts_at", "ends_at", "timezone", "venue"})
"""The fields whose change raises SEQUENCE in calendars."""
PROJECT_CALENDAR_FIELDS = frozenset({"title", "phases", "timezone"})
"""Those of a project, whose phases stand there."""

_DERIVED = frozenset(
    {
        "id", "uid", "slug", "series", "series_id", "previous_starts_at", "seats_taken",
        "seats_unnamed", "seats_confirmed", "parties_waiting", "smallest_party_waiting",
        "last_queue_number", "registrations_mark",
        "sequence", "created_at", "revised_at", "search_text",
    }
)  # fmt: skip
"""Columns of an event that are derived, and not set by callers."""


class CapacityTooSmall(ValueError):
    """A capacity below the seats that are taken."""

    def __init__(self, slug: str, capacity: int, seats_taken: int) -> None:
        self.missing = seats_taken - capacity
        super().__init__(
            f"{slug!r} has {seats_taken} seats taken, so that a capacity of {capacity} is "
            f"{self.missing} too few; write {seats_taken} or more."
        )


class UnknownSlug(LookupError):
    """A series or project that does not exist."""

    def __init__(self, kind: str, slug: str) -> None:
        super().__init__(f"There is no {kind} {slug!r}.")


class EventChange(NamedTuple):
    """What :func:`save_event` did."""

    event: Event
    created: bool
    changed: frozenset[str]
    """Names of the fields that differ from before, ``series`` and ``projects`` among them; all
    that were given for a new event."""
    former_status: str | None
    """The status before; None for a new event."""
    former_dates: Dates | None = None
    """The dates before; None for a new event."""
    former_place: str | None = None
    """The place before, as :func:`.place_key` has it; None for a new event."""
    begins_anew: bool = False
    """Whether it was moved to dates that nobody has come to yet."""


def save_series(slug: str, **values: Any) -> set[str]:
    """Create the series or change it; returns the names of the fields that differ from before.

    ``values`` are columns of :class:`Series`; what is not given stays as it is.
    """
    series = session().scalar(select(Series).where(Series.slug == slug))
    changed = _save(series or Series(slug=slug), values, is_new=series is None)
    if series is not None and "title" in changed:
        for event in session().scalars(select(Event).where(Event.series_id == series.id)):
            event.search_text = _search_text(event, series)
    return _flush(changed, is_new=series is None)


def save_project(slug: str, **values: Any) -> set[str]:
    """Create the project or change it; returns the names of the fields that differ from before.

    ``values`` are columns of :class:`Project`; what is not given stays as it is.
    """
    project = session().scalar(select(Project).where(Project.slug == slug))
    row = project or Project(slug=slug, sequence=0)
    changed = _save(row, values, is_new=project is None)
    if project is not None and changed:
        row.revised_at = now()
        row.sequence += bool(changed & PROJECT_CALENDAR_FIELDS)
    row.search_text = _search_text_of_project(row)
    return _flush(changed, is_new=project is None)


def save_event(
    slug: str, *, series_slug: str | None, project_slugs: Sequence[str], **values: Any
) -> EventChange:
    """Create the event or change it; an unchanged repeat changes nothing.

    ``values`` are columns of :class:`Event` with times in UTC; what is not given stays as it is.

    Raises :class:`CapacityTooSmall`, :class:`UnknownSlug`, and ``TypeError`` for a field that an
    event does not have or that is never set by hand.
    """
    refused = set(values) & _DERIVED
    if refused:
        raise TypeError(f"{min(refused)} of an event is never set by hand.")
    locked = lock_event_named(slug)
    is_new = locked is None
    event = _new_event(slug) if locked is None else locked.event
    former_dates = None if is_new else Dates(event.starts_at, event.ends_at)
    is_another_date = former_dates is not None and _begins_anew(event, values)
    if is_another_date:
        event.seats_taken -= event.seats_unnamed
        event.seats_confirmed -= event.seats_unnamed
        event.seats_unnamed = 0
    seats_taken, capacity = event.seats_taken or 0, values.get("capacity")
    if capacity is not None and capacity < seats_taken:
        raise CapacityTooSmall(slug, capacity, seats_taken)
    former_status = None if is_new else event.status
    former_place = None if is_new else place_key(event.venue)
    former_start = event.starts_at if not is_new and event.is_public else None
    changed = _save(event, values, is_new=is_new)
    series = _find(Series, "series", [series_slug])[0] if series_slug else None
    if event.series_id != (series.id if series else None):
        event.series_id = series.id if series else None
        changed.add("series")
    set_committed_value(event, "series", series)
    if is_new:
        session().flush()
    if _set_projects(event, _find(Project, "project", project_slugs)):
        changed.add("projects")
    if changed or is_new:
        _revise(event, series, changed, former_start, is_new=is_new)
    return EventChange(
        event,
        is_new,
        frozenset(changed),
        former_status,
        former_dates,
        former_place,
        is_another_date,
    )


def _begins_anew(event: Event, values: dict[str, Any]) -> bool:
    dates = Dates(values.get("starts_at", event.starts_at), values.get("ends_at", event.ends_at))
    return begins_anew(Dates(event.starts_at, event.ends_at), dates, now())


def _new_event(slug: str) -> Event:
    moment = now()
    return Event(
        slug=slug, timezone=settings().timezone, created_at=moment, revised_at=moment, sequence=0
    )


def _revise(
    event: Event,
    series: Series | None,
    changed: set[str],
    former_start: Any,
    *,
    is_new: bool,
) -> None:
    """Update derived columns after a change, and send the signal."""
    if not is_new:
        event.revised_at = now()
        if changed & CALENDAR_FIELDS:
            event.sequence += 1
    if former_start is not None and "starts_at" in changed:
        event.previous_starts_at = former_start
    event.search_text = _search_text(event, series)
    session().flush()
    content_changed()
    signals.send(
        signals.event_changed,
        event=event,
        changes=frozenset() if is_new else frozenset(changed),
    )


def _save(row: Any, values: dict[str, Any], *, is_new: bool) -> set[str]:
    """Set what differs on ``row``; returns the names that differ, or all for a new row."""
    unknown = set(values) - set(row.__table__.columns.keys())
    if unknown:
        raise TypeError(f"{min(unknown)} is not a field of {type(row).__name__}.")
    changed = set()
    for name, value in values.items():
        value = tuple(value) if isinstance(value, list) else value
        if is_new or getattr(row, name) != value:
            setattr(row, name, value)
            changed.add(name)
    if is_new:
        session().add(row)
    return changed


def _flush(changed: set[str], *, is_new: bool) -> set[str]:
    if changed or is_new:
        session().flush()
        content_changed()
    return changed


def _find(model: Any, kind: str, slugs: Sequence[str]) -> list[Any]:
    """The rows with these slugs, in their order; raises :class:`UnknownSlug`."""
    if not slugs:
        return []
    rows = session().scalars(select(model).where(model.slug.in_(slugs)))
    found = {row.slug: row for row in rows}
    for slug in slugs:
        if slug not in found:
            raise UnknownSlug(kind, slug)
    return [found[slug] for slug in slugs]


def _set_projects(event: Event, projects: Sequence[Project]) -> bool:
    """Show these projects in this order; returns whether they differ from before."""
    of_event = EventProject.event_id == event.id
    before = session().scalars(
        select(EventProject.project_id).where(of_event).order_by(EventProject.position)
    )
    wanted = list(dict.fromkeys(project.id for project in projects))
    if list(before) == wanted:
        return False
    session().execute(delete(EventProject).where(of_event))
    session().add_all(
        EventProject(event_id=event.id, project_id=project_id, position=position)
        for position, project_id in enumerate(wanted)
    )
    return True


def _search_text_of_project(project: Project) -> str:
    """All words of the project that somebody may look for, in all languages."""
    texts = (project.title, project.summary, project.description)
    return search_form(plain(words) for text in texts if text for words in text.values())


def _search_text(event: Event, series: Series | None) -> str:
    """All words of the event that somebody may look for, in all languages."""
    venue = event.venue
    lines: list[LocalizedText | None] = [
        event.title, event.topic,
        series.title if series else None,
        *((venue.name, venue.street, venue.city) if venue else ()),
        *(organiser.name for organiser in event.organisers or ()),
        *(text for item in event.programme or () for text in (item.title, *item.speakers)),
    ]  # fmt: skip
    words = [text for line in lines if line for text in line.values()]
    for markdown in (event.summary, event.description):
        words += [plain(text) for text in (markdown or LocalizedText()).values()]
    return search_form(words)

"""Checks across entries: duplicate or unknown slugs, impossible conditions, too small
capacities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select

from flask_stadtlabor.consent.models import Purpose
from flask_stadtlabor.db import AnyRow
from flask_stadtlabor.events.models import Event, Project, Series
from flask_stadtlabor.events.next_step import Dates, begins_anew
from flask_stadtlabor.events.operations import CapacityTooSmall
from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.exchange.conditions import condition_faults
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.faults import Fault, path_of, shown
from flask_stadtlabor.exchange.openings import opening_faults
from flask_stadtlabor.exchange.phases import phase_faults
from flask_stadtlabor.exchange.pictures import picture_faults
from flask_stadtlabor.exchange.reading import Content
from flask_stadtlabor.state import now, session, settings

Steps = tuple[str | int, ...]


def reference_faults(content: Content) -> list[Fault]:
    """Slugs used twice or unknown to file and database, answers that nobody can give, conditions
    that nobody can meet, too small capacities, registration that opens too late, phases that
    overlap, pictures that are not here or not described.
    """
    return [
        *_repeated(content.raw),
        *_unknown(content.raw),
        *_no_alternative(content.raw),
        *_ideas_of_no_project(content.raw),
        *condition_faults(content),
        *_too_small(content),
        *opening_faults(content),
        *phase_faults(content),
        *picture_faults(content),
    ]


def _repeated(raw: dict[str, Any]) -> Iterator[Fault]:
    for name, items in raw.items():
        yield from _twice(items, (name,), "slug")
    for position, project in _objects(raw["projects"]):
        for name in ("phases", "categories"):
            yield from _twice(_list(project, name), ("projects", position, name), "slug")
    for position, event in _objects(raw["events"]):
        steps: Steps = ("events", position)
        for name in ("projects", "purposes"):
            yield from _twice(_list(event, name), (*steps, name))
        registration = event.get("registration")
        questions = _list(registration, "questions")
        steps = (*steps, "registration", "questions")
        yield from _twice(questions, steps, "slug")
        for index, question in _objects(questions):
            options = _list(question, "options")
            yield from _twice(options, (*steps, index, "options"), "value")
            yield from _without_value(options, (*steps, index, "options"))


def _twice(items: list[Any], steps: Steps, key: str | None = None) -> Iterator[Fault]:
    """A fault for each value that an earlier item of the list has already."""
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        value = item.get(key) if key and isinstance(item, dict) else item
        if not isinstance(value, str):
            continue
        if value in first:
            before = path_of(*steps, first[value])
            path = path_of(*steps, index, *([key] if key else []))
            yield Fault(path, f"{shown(value)} is already used at {before}; choose another.")
        first.setdefault(value, index)


def _without_value(options: list[Any], steps: Steps) -> Iterator[Fault]:
    """A fault for each answer with an empty value, which would look like no answer."""
    for index, option in _objects(options):
        if option.get("value") == "":
            reason = "Without a value nobody could give this answer; write one."
            yield Fault(path_of(*steps, index, "value"), reason)


def _unknown(raw: dict[str, Any]) -> Iterator[Fault]:
    known = {
        "series": _slugs(raw["series"], Series),
        "projects": _slugs(raw["projects"], Project),
        "purposes": _slugs(raw["purposes"], Purpose),
    }
    words = {"series": "series", "projects": "project", "purposes": "purpose"}
    for position, event in _objects(raw["events"]):
        for name, slugs in known.items():
            value = event.get(name)
            named = [((), value)] if name == "series" else _numbered(_list(event, name))
            for steps, slug in named:
                if isinstance(slug, str) and slug not in slugs:
                    yield Fault(
                        path_of("events", position, name, *steps),
                        f"There is no {words[name]} {shown(slug)}, neither in this file nor in "
                        "the database.",
                    )


def _ideas_of_no_project(raw: dict[str, Any]) -> Iterator[Fault]:
    """A fault for each idea of a project that there is not."""
    known = _slugs(raw["projects"], Project)
    for position, idea in _objects(raw["ideas"]):
        slug = idea.get("project")
        if isinstance(slug, str) and slug not in known:
            reason = f"There is no project {shown(slug)}, neither in this file nor in the database."
            yield Fault(path_of("ideas", position, "project"), reason)


def _no_alternative(raw: dict[str, Any]) -> Iterator[Fault]:
    """A fault for each event in place of which one shall take place that is none, or itself."""
    in_file = {event.get("slug") for _, event in _objects(raw["events"])}
    for position, event in _objects(raw["events"]):
        slug = event.get("alternative_event")
        if not isinstance(slug, str):
            continue
        path = path_of("events", position, "alternative_event")
        if slug == event.get("slug"):
            yield Fault(path, "An event cannot stand in for itself; name another one.")
        elif slug not in in_file and not _is_event(slug):
            reason = f"There is no event {shown(slug)}, neither in this file nor in the database."
            yield Fault(path, reason)


def _is_event(slug: str) -> bool:
    return session().scalar(select(Event.id).where(Event.slug == slug)) is not None


def _slugs(items: list[Any], model: type[Series] | type[Project] | type[Purpose]) -> set[str]:
    in_file = {item.get("slug") for _, item in _objects(items)}
    in_database = set(session().scalars(select(model.slug)))
    return {slug for slug in in_file | in_database if isinstance(slug, str)}


def _too_small(content: Content) -> Iterator[Fault]:
    limited = {
        position: entry
        for position, entry in content.of("events", EventEntry).items()
        if entry.registration and entry.registration.capacity is not None
    }
    rows = session().execute(
        select(
            Event.slug, Event.starts_at, Event.ends_at, Event.seats_taken, Event.seats_unnamed
        ).where(Event.seats_taken > 0)
    )
    taken = {row.slug: row for row in rows}
    for position, entry in limited.items():
        capacity = entry.registration.capacity if entry.registration else None
        seats = _seats_taken(taken[entry.slug], entry) if entry.slug in taken else 0
        if capacity is not None and capacity < seats:
            reason = str(CapacityTooSmall(entry.slug, capacity, seats))
            yield Fault(path_of("events", position, "registration", "capacity"), reason)


def _seats_taken(row: AnyRow, entry: EventEntry) -> int:
    """The seats that are taken once the event is as the entry says."""
    zone = entry.timezone or settings().timezone
    dates = Dates(to_utc(entry.starts_at, zone), to_utc(entry.ends_at, zone))
    is_another_date = begins_anew(Dates(row.starts_at, row.ends_at), dates, now())
    return int(row.seats_taken - (row.seats_unnamed if is_another_date else 0))


def _objects(items: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a list with their positions; what is no object is told elsewhere."""
    return ((index, item) for index, item in enumerate(items) if isinstance(item, dict))


def _numbered(items: list[Any]) -> Iterable[tuple[Steps, Any]]:
    return (((index,), item) for index, item in enumerate(items))


def _list(item: Any, key: str) -> list[Any]:
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, list) else []

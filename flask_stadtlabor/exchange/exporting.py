"""Writing the database's content as an exchange file.

The same content gives the same bytes: entries stand in the order of their slugs, events in that of
their starts, and what equals its default is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flask_stadtlabor.consent.models import Purpose
from flask_stadtlabor.consent.texts.published import PurposeTexts, current_texts
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.models import Event, EventProject, Project, Series
from flask_stadtlabor.events.wall_times import to_wall
from flask_stadtlabor.exchange.columns import (
    EVENT_SHARED,
    EVENT_TIMES,
    PROJECT_SHARED,
    REGISTRATION_SHARED,
    REGISTRATION_TIMES,
    SERIES_SHARED,
    values_of,
)
from flask_stadtlabor.exchange.entries import (
    FORMAT,
    Entry,
    EventEntry,
    ProjectEntry,
    PurposeEntry,
    SeriesEntry,
    SluggedEntry,
)
from flask_stadtlabor.exchange.ideas import idea_entries
from flask_stadtlabor.exchange.registration_entry import RegistrationEntry
from flask_stadtlabor.state import session


class UnknownEvent(LookupError):
    """A slug that no event has."""


def export(slug: str | None = None) -> bytes:
    """All content, or one event with what it names, as UTF-8 JSON; raises :class:`UnknownEvent`.

    What people wrote is a part of all content alone.
    """
    lists: dict[str, Sequence[Entry]] = {**entries(slug)}
    if slug is None:
        lists["ideas"] = idea_entries()
    return (json.dumps(file_of(lists), ensure_ascii=False, indent=2) + "\n").encode()


def entries(slug: str | None = None) -> dict[str, list[SluggedEntry]]:
    """What staff writes: all content, or one event with its series, projects and purposes.

    Of a purpose the text in force is written, not its history. Raises :class:`UnknownEvent`.
    """
    events = _events(slug)
    projects = _projects_by_event(slug)
    purposes: Sequence[str] = sorted(session().scalars(select(Purpose.slug)))
    series: Iterable[Series] = session().scalars(select(Series))
    shown: Iterable[Project] = session().scalars(select(Project))
    if slug is not None:
        named = {name for event in events for name in event.purposes}
        purposes = [name for name in purposes if name in named]
        series = [event.series for event in events if event.series]
        shown = [project for listed in projects.values() for project in listed]
    return {
        "purposes": [_purpose(texts) for texts in current_texts(purposes)],
        "series": [entry_of_series(row) for row in sorted(series, key=lambda row: row.slug)],
        "projects": [entry_of_project(row) for row in sorted(shown, key=lambda row: row.slug)],
        "events": [entry_of(event, projects.get(event.id, [])) for event in events],
    }


def file_of(lists: Mapping[str, Sequence[Entry]]) -> dict[str, Any]:
    """The JSON value of the file with these lists, without what equals its default."""
    file: dict[str, Any] = {"format": FORMAT}
    for name, listed in lists.items():
        if listed:
            file[name] = [entry.model_dump(mode="json", exclude_defaults=True) for entry in listed]
    return file


def _events(slug: str | None) -> list[Event]:
    statement = select(Event).options(joinedload(Event.series))
    if slug is not None:
        statement = statement.where(Event.slug == slug)
    events = list(session().scalars(statement))
    if slug is not None and not events:
        raise UnknownEvent(f"There is no event {slug!r}.")
    return sorted(events, key=lambda event: (event.starts_at, event.slug))


def _projects_by_event(slug: str | None) -> dict[int, list[Project]]:
    statement = (
        select(EventProject)
        .options(joinedload(EventProject.project))
        .order_by(EventProject.event_id, EventProject.position)
    )
    if slug is not None:
        statement = statement.join(Event, Event.id == EventProject.event_id)
        statement = statement.where(Event.slug == slug)
    projects: dict[int, list[Project]] = {}
    for row in session().scalars(statement):
        projects.setdefault(row.event_id, []).append(row.project)
    return projects


def _purpose(texts: PurposeTexts) -> PurposeEntry:
    return PurposeEntry.model_validate(
        {
            "slug": texts.slug,
            "mode": texts.mode,
            "title": _title(texts.slug, texts.title),
            "text": texts.body,
            "controller": texts.controller,
            "valid_days": texts.valid_days,
            "processing": texts.processing,
        }
    )


def entry_of_series(row: Series) -> SeriesEntry:
    """The entry of a series."""
    return SeriesEntry(
        slug=row.slug, title=_title(row.slug, row.title), **values_of(row, SERIES_SHARED)
    )


def entry_of_project(row: Project) -> ProjectEntry:
    """The entry of a project."""
    return ProjectEntry(
        slug=row.slug,
        title=_title(row.slug, row.title),
        timezone=row.timezone,
        **values_of(row, PROJECT_SHARED),
    )


def entry_of(event: Event, projects: Sequence[Project]) -> EventEntry:
    """The entry of an event that shows these projects."""
    values = {
        "slug": event.slug,
        "series": event.series.slug if event.series else None,
        **values_of(event, EVENT_SHARED),
        **_walls(event, EVENT_TIMES),
        "timezone": event.timezone,
        "projects": tuple(project.slug for project in projects),
        "registration": _registration(event) if event.takes_registrations else None,
    }
    return EventEntry.model_validate(values)


def _registration(event: Event) -> RegistrationEntry:
    values = values_of(event, REGISTRATION_SHARED) | _walls(event, REGISTRATION_TIMES)
    return RegistrationEntry.model_validate(values)


def _walls(event: Event, names: Iterable[str]) -> dict[str, str | None]:
    return {name: _wall(getattr(event, name), event.timezone) for name in names}


def _wall(moment: datetime | None, zone: str) -> str | None:
    return to_wall(moment, zone) if moment else None


def _title(slug: str, title: LocalizedText) -> LocalizedText:
    """Nothing where the slug stands in for a title."""
    return LocalizedText() if title == LocalizedText(slug) else title

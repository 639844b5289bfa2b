"""The one place where an event, a series or a project is written, by an import or the editor, with
its history."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events import history
from flask_stadtlabor.events.content import Part, pictures_with
from flask_stadtlabor.events.history import Shared
from flask_stadtlabor.events.history_models import DRAFT_ENDING_STEPS, SharedKind, Step
from flask_stadtlabor.events.locks import lock_event_named
from flask_stadtlabor.events.models import Event, Project, Series
from flask_stadtlabor.events.operations import EventChange, save_event, save_project, save_series
from flask_stadtlabor.events.queries import find_projects
from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.exchange.columns import (
    EVENT_SHARED,
    EVENT_TIMES,
    PROJECT_SHARED,
    REGISTRATION_SHARED,
    REGISTRATION_TIMES,
    SERIES_SHARED,
    values_of,
)
from flask_stadtlabor.exchange.entries import EventEntry, ProjectEntry, SeriesEntry
from flask_stadtlabor.exchange.exporting import entry_of, entry_of_project, entry_of_series
from flask_stadtlabor.exchange.field_types import check_languages
from flask_stadtlabor.exchange.merging import merge
from flask_stadtlabor.exchange.registration_entry import RegistrationEntry
from flask_stadtlabor.pictures.operations import attach
from flask_stadtlabor.state import session, settings

Document = dict[str, Any]
"""An event as in the exchange file, with every key."""
UNKNOWN = By()
"""Who wrote what was there before there was a history."""


def save_entry(entry: EventEntry, *, step: Step, by: By, note: str = "") -> EventChange:
    """Create the event or change it, and write down what it is now.

    A draft of changes that is under way goes on, unless it becomes the event by this step: it takes
    over what changed, and keeps its own where both changed the same, which the page before
    publishing shows, unless that cannot stand beside what changed. Raises what
    :func:`~.events.operations.save_event` and :func:`~.pictures.operations.attach` raise.
    """
    locked = lock_event_named(entry.slug)
    former = None
    if locked is not None:
        former = history.latest(locked.event)
        if former is None:
            found = document_of(locked.event)
            former = history.record(locked.event, found, step=Step.FOUND, by=UNKNOWN)
    change = save_event(
        entry.slug, series_slug=entry.series, project_slugs=entry.projects, **columns_of(entry)
    )
    if change.changed & {"image", "results"}:
        for _, picture in pictures_with(entry.image, entry.results):
            attach(picture)
    if change.created or change.changed:
        written = document_of(change.event)
        history.record(change.event, written, step=step, by=by, note=note)
        goes_on = former is not None and former.is_draft and step not in DRAFT_ENDING_STEPS
        if goes_on:
            _carry_over(change.event, former, written)
    return change


def save_series_or_project(entry: SeriesEntry | ProjectEntry, *, step: Step, by: By) -> bool:
    """Create it or change it, and write down what it is now; whether anything is another."""
    kind = SharedKind.SERIES if isinstance(entry, SeriesEntry) else SharedKind.PROJECT
    shared = Shared(kind, entry.slug)
    found = stored(shared)
    if found is not None and history.latest(shared) is None:
        history.record(shared, found, step=Step.FOUND, by=UNKNOWN)
    changed = _save_series(entry) if isinstance(entry, SeriesEntry) else _save_project(entry)
    if changed or found is None:
        history.record(shared, stored(shared) or whole(entry), step=step, by=by)
    return bool(changed)


def _save_series(entry: SeriesEntry) -> set[str]:
    return save_series(entry.slug, title=_heading(entry), **values_of(entry, SERIES_SHARED))


def _save_project(entry: ProjectEntry) -> set[str]:
    zone = entry.timezone or settings().timezone
    values = values_of(entry, PROJECT_SHARED)
    changed = save_project(entry.slug, title=_heading(entry), timezone=zone, **values)
    if "image" in changed and entry.image is not None:
        attach(entry.image)
    return changed


def _heading(entry: SeriesEntry | ProjectEntry) -> LocalizedText:
    """Never empty: without a title, the slug stands there."""
    return entry.title or LocalizedText(entry.slug)


def stored(shared: Shared) -> Document | None:
    """The document of what is stored of a series or project; None where there is none."""
    if shared.kind is SharedKind.SERIES:
        series = session().scalar(select(Series).where(Series.slug == shared.slug))
        return whole(entry_of_series(series)) if series else None
    project = session().scalar(select(Project).where(Project.slug == shared.slug))
    return whole(entry_of_project(project)) if project else None


def document_of(event: Event) -> Document:
    """The document of what is stored of an event."""
    return whole(entry_of(event, find_projects(event)))


def whole(entry: Part) -> Document:
    """The document of an entry or a part."""
    return entry.model_dump(mode="json")


def entry_from(document: Document) -> EventEntry:
    """The entry of a document; raises ``pydantic.ValidationError`` for one with faults."""
    zone = document.get("timezone") or settings().timezone
    context = {"check_languages": check_languages, "zone": zone}
    return EventEntry.model_validate_json(json.dumps(document), strict=True, context=context)


def columns_of(entry: EventEntry) -> dict[str, Any]:
    """The columns of an event that its entry sets by themselves."""
    zone = entry.timezone or settings().timezone
    registration = entry.registration or RegistrationEntry()
    return {
        **values_of(entry, EVENT_SHARED),
        **values_of(registration, REGISTRATION_SHARED),
        **{name: _moment(getattr(entry, name), zone) for name in EVENT_TIMES},
        **{name: _moment(getattr(registration, name), zone) for name in REGISTRATION_TIMES},
        "timezone": zone,
        "takes_registrations": entry.registration is not None,
    }


def _moment(wall: str | None, zone: str) -> datetime | None:
    return to_utc(wall, zone) if wall else None


def _carry_over(event: Event, draft: Any, written: Document) -> None:
    applied = history.applied_before(event, draft.number)
    merged = merge(applied.document if applied else written, draft.document, written)
    drafted_by = By(draft.actor_key, draft.actor_name)
    going_on = _fitting(merged.document, written)
    history.record(event, going_on, step=Step.CARRIED_OVER, by=drafted_by)


def _fitting(merged: Document, written: Document) -> Document:
    """``merged``, without what cannot stand beside what was ``written``.

    Doors that a draft opens on the old day do not fit an event that was moved. The history keeps
    what the draft said.
    """
    document = merged
    while document != written:
        try:
            entry_from(document)
        except ValidationError as error:
            keys = {str(details["loc"][0]) for details in error.errors() if details["loc"]}
            fitting = {**document, **{key: written[key] for key in keys if key in written}}
            # the fault is in what was changed, beside something that the draft says elsewhere
            document = fitting if fitting != document else written
        else:
            break
    return document

"""Bringing an exchange file into the database, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flask_stadtlabor.consent.texts.content import TextContent
from flask_stadtlabor.consent.texts.publishing import publish_text
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.operations import (
    CapacityTooSmall,
    EventChange,
    save_event,
    save_project,
    save_series,
)
from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.exchange.entries import (
    Entry,
    EventEntry,
    ProjectEntry,
    PurposeEntry,
    RegistrationEntry,
    SeriesEntry,
)
from flask_stadtlabor.exchange.faults import Fault, Faulty, path_of
from flask_stadtlabor.exchange.moves import moved_into_the_past
from flask_stadtlabor.exchange.reading import Content
from flask_stadtlabor.exchange.references import reference_faults
from flask_stadtlabor.registration.jobs.due_work import follow_change
from flask_stadtlabor.registration.operations.notify_change import tell_of_change
from flask_stadtlabor.state import settings

PUBLISHED_BY = "flask stadtlabor import"

SERIES_SHARED = ("summary", "description", "funding", "url")
"""The keys of a series that are columns as they stand."""
PROJECT_SHARED = ("summary", "description", "status", "url")
"""The keys of a project that are columns as they stand."""
EVENT_SHARED = (
    "title", "topic", "summary", "description", "easy_language", "sign_language_url", "languages",
    "price", "venue", "organisers", "contact", "image", "programme", "purposes", "retention_days",
    "status",
)  # fmt: skip
"""The keys of an event that are columns as they stand."""
REGISTRATION_SHARED = (
    "capacity", "waiting_list", "max_party_size", "confirm_by_email", "ask_age", "questions",
    "smaller_parties_may_pass", "companion_names", "ask_support", "support_retention_days",
    "reminder_hours", "thank_you",
)  # fmt: skip
"""The keys of an event's registration that are columns as they stand."""


@dataclass
class Report:
    """What an import changed."""

    texts: int = 0
    """Purposes with a new version of their text."""
    series: int = 0
    projects: int = 0
    created: int = 0
    """New events."""
    changed: int = 0
    """Events that were there and differ now."""
    unchanged: int = 0
    mails: int = 0
    """Mails written to registered people."""
    offered: int = 0
    """Parties on a waiting list that were offered seats."""
    changes: list[EventChange] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """What may be a mistake though it can be meant, in sentences."""


def import_content(
    content: Content, *, notify: bool = False, step: Callable[[], None] = lambda: None
) -> Report:
    """Write all entries; ``step`` is called after each. The caller commits.

    Only with ``notify`` the registered people are told of what changed; seats that became free are
    offered to those who wait in any case. Raises :class:`Faulty`
    with every fault, before anything is written where that can be known.
    """
    faults = content.faults + reference_faults(content)
    if faults:
        raise Faulty(list(dict.fromkeys(faults)))
    report = Report()
    for path, entry in _in_order(content):
        try:
            _save(entry, report)
        except CapacityTooSmall as error:  # somebody registered since the faults were looked for
            raise Faulty([Fault(f"{path}.registration.capacity", str(error))]) from error
        step()
    if notify:
        report.mails = sum(
            tell_of_change(lock_event(change.event), change) for change in report.changes
        )
    # all events of the file are locked by now, so that no deadlock can occur
    report.offered = sum(
        follow_change(lock_event(change.event), change) for change in report.changes
    )
    return report


def values_of(source: object, names: Iterable[str]) -> dict[str, Any]:
    """These attributes of an entry or a row, by their names."""
    return {name: getattr(source, name) for name in names}


def _in_order(content: Content) -> Iterator[tuple[str, Entry]]:
    for name, entries in content.entries.items():
        for position, entry in entries.items():
            yield path_of(name, position), entry


def _save(entry: Entry, report: Report) -> None:
    if isinstance(entry, PurposeEntry):
        report.texts += _save_purpose(entry)
    elif isinstance(entry, SeriesEntry):
        values = values_of(entry, SERIES_SHARED)
        report.series += bool(save_series(entry.slug, title=_title(entry), **values))
    elif isinstance(entry, ProjectEntry):
        values = values_of(entry, PROJECT_SHARED)
        report.projects += bool(save_project(entry.slug, title=_title(entry), **values))
    else:
        _save_event(entry, report)


def _save_purpose(entry: PurposeEntry) -> bool:
    content = TextContent(
        mode=entry.mode,
        title=_title(entry),
        text=entry.text,
        controller=entry.controller,
        valid_days=entry.valid_days,
        processing=entry.processing,
    )
    return publish_text(entry.slug, content, editorial=entry.editorial, published_by=PUBLISHED_BY)


def _save_event(entry: EventEntry, report: Report) -> None:
    change = save_event(
        entry.slug,
        series_slug=entry.series,
        project_slugs=entry.projects,
        **_event_values(entry),
    )
    if change.created:
        report.created += 1
    elif change.changed:
        report.changed += 1
        report.changes.append(change)
        report.warnings += moved_into_the_past(change)
    else:
        report.unchanged += 1


def _event_values(entry: EventEntry) -> dict[str, Any]:
    zone = entry.timezone or settings().timezone
    registration = entry.registration or RegistrationEntry()
    return {
        **values_of(entry, EVENT_SHARED),
        **values_of(registration, REGISTRATION_SHARED),
        "timezone": zone,
        "starts_at": to_utc(entry.starts_at, zone),
        "ends_at": to_utc(entry.ends_at, zone),
        "doors_at": to_utc(entry.doors_at, zone) if entry.doors_at else None,
        "takes_registrations": entry.registration is not None,
        "opens_at": to_utc(registration.opens_at, zone) if registration.opens_at else None,
        "closes_at": to_utc(registration.closes_at, zone) if registration.closes_at else None,
    }


def _title(entry: PurposeEntry | SeriesEntry | ProjectEntry) -> LocalizedText:
    """A heading is never empty: without a title, the slug stands there."""
    return entry.title or LocalizedText(entry.slug)

"""Bringing an exchange file into the database, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.consent.texts.content import TextContent
from flask_stadtlabor.consent.texts.publishing import publish_text
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.operations import CapacityTooSmall, EventChange
from flask_stadtlabor.exchange.entries import (
    Entry,
    EventEntry,
    ProjectEntry,
    PurposeEntry,
    SeriesEntry,
)
from flask_stadtlabor.exchange.faults import Fault, Faulty, path_of
from flask_stadtlabor.exchange.idea_entry import IdeaEntry
from flask_stadtlabor.exchange.ideas import save_idea
from flask_stadtlabor.exchange.moves import moved_into_the_past
from flask_stadtlabor.exchange.reading import Content
from flask_stadtlabor.exchange.references import reference_faults
from flask_stadtlabor.exchange.saving import save_entry, save_series_or_project
from flask_stadtlabor.registration.jobs.due_work import follow_change
from flask_stadtlabor.registration.operations.notify_change import tell_of_change

PUBLISHED_BY = "flask stadtlabor import"
IMPORT = By(name=PUBLISHED_BY)


@dataclass
class Report:
    """What an import changed."""

    texts: int = 0
    """Purposes with a new version of their text."""
    series: int = 0
    projects: int = 0
    ideas: int = 0
    """New ideas."""
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


def _in_order(content: Content) -> Iterator[tuple[str, Entry]]:
    for name, entries in content.entries.items():
        for position, entry in entries.items():
            yield path_of(name, position), entry


def _save(entry: Entry, report: Report) -> None:
    if isinstance(entry, PurposeEntry):
        report.texts += _save_purpose(entry)
    elif isinstance(entry, SeriesEntry):
        report.series += save_series_or_project(entry, step=Step.IMPORTED, by=IMPORT)
    elif isinstance(entry, ProjectEntry):
        report.projects += save_series_or_project(entry, step=Step.IMPORTED, by=IMPORT)
    elif isinstance(entry, IdeaEntry):
        report.ideas += save_idea(entry)
    else:
        _save_event(entry, report)


def _save_purpose(entry: PurposeEntry) -> bool:
    content = TextContent(
        mode=entry.mode,
        # a heading is never empty
        title=entry.title or LocalizedText(entry.slug),
        text=entry.text,
        controller=entry.controller,
        valid_days=entry.valid_days,
        processing=entry.processing,
    )
    return publish_text(entry.slug, content, editorial=entry.editorial, published_by=PUBLISHED_BY)


def _save_event(entry: EventEntry, report: Report) -> None:
    change = save_entry(entry, step=Step.IMPORTED, by=IMPORT)
    if change.created:
        report.created += 1
    elif change.changed:
        report.changed += 1
        report.changes.append(change)
        report.warnings += moved_into_the_past(change)
    else:
        report.unchanged += 1

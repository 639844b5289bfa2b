"""The ends of a project's phases in calendars: until when somebody can take part."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from icalendar import Event as CalendarEvent

from flask_stadtlabor.events.formats.calendar_entries import Entry, Text, add_time
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.phases import TimedPhase, timed_phases
from flask_stadtlabor.events.project_standing import name_of
from flask_stadtlabor.i18n import _sl, words
from flask_stadtlabor.state import settings
from flask_stadtlabor.text import plain
from flask_stadtlabor.urls import absolute_url


def phase_ends(project: Project) -> Iterator[Entry]:
    """An entry for each phase that ends, at the moment of its end."""
    for timed in timed_phases(project):
        if timed.ends_at is not None:
            component = _component(project, timed, timed.ends_at)
            yield Entry(component, project.timezone, (timed.ends_at,))


def _component(project: Project, timed: TimedPhase, ends_at: datetime) -> CalendarEvent:
    """A VEVENT that takes no time of anybody's (RFC 5545 §3.6.1: without DTEND)."""
    address = f"{absolute_url('project', slug=project.slug)}#phase-{timed.phase.slug}"
    component = CalendarEvent()
    component.add("uid", _uid(project, timed))
    component.add("dtstamp", project.revised_at.astimezone(UTC))
    component.add("created", project.created_at.astimezone(UTC))
    component.add("last-modified", project.revised_at.astimezone(UTC))
    component.add("sequence", project.sequence)
    component.add("status", "CONFIRMED")
    component.add("transp", "TRANSPARENT")
    add_time(component, "dtstart", ends_at, project.timezone)
    phase, title = name_of(timed.phase), words(project.title)
    # Translators: in a calendar; the phase is one such as "Collect ideas".
    component.add("summary", Text(_sl("“%(phase)s” ends: %(project)s", phase=phase, project=title)))
    parts = (plain(words(timed.phase.text)), address)
    component.add("description", Text("\n\n".join(part for part in parts if part)))
    component.add("url", address)
    return component


def _uid(project: Project, timed: TimedPhase) -> str:
    """One in all languages; it stays when dates and titles change."""
    page = absolute_url("project", lang=settings().default_locale, slug=project.slug)
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{page}#{timed.phase.slug}"))

"""Checks that the phases of a project do not overlap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask_stadtlabor.events.project_content import Phase
from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.exchange.entries import ProjectEntry
from flask_stadtlabor.exchange.faults import Fault, path_of, shown
from flask_stadtlabor.exchange.reading import Content
from flask_stadtlabor.state import settings


def phase_faults(content: Content) -> Iterator[Fault]:
    """A fault for each phase that begins before one that began earlier is over."""
    for position, entry in content.of("projects", ProjectEntry).items():
        zone = entry.timezone or settings().timezone
        in_order = sorted(enumerate(entry.phases), key=lambda each: to_utc(each[1].starts_at, zone))
        before: Phase | None = None
        for index, phase in in_order:
            if before is not None and to_utc(phase.starts_at, zone) < _end(before, zone):
                yield Fault(
                    path_of("projects", position, "phases", index, "starts_at"),
                    f"{phase.starts_at} is before the end of the phase {shown(before.slug)} "
                    f"({before.ends_at or 'it has none'}); correct one of them.",
                )
            if before is None or _end(phase, zone) > _end(before, zone):
                before = phase


def _end(phase: Phase, zone: str) -> datetime:
    never = datetime.max.replace(tzinfo=to_utc(phase.starts_at, zone).tzinfo)
    return to_utc(phase.ends_at, zone) if phase.ends_at else never

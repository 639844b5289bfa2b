"""Projects as records of plain values, for the open data (D6), and their description."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, get_args

from flask_stadtlabor.events.phases import TimedPhase
from flask_stadtlabor.events.project_content import PhaseKind, ProjectLevel
from flask_stadtlabor.events.project_standing import ProjectStanding
from flask_stadtlabor.opendata.openapi import (
    ADDRESS,
    MOMENT,
    NO_MOMENT,
    TEXT,
    Described,
    csv_path,
    page_of,
    path,
)
from flask_stadtlabor.opendata.records import in_language, page_address
from flask_stadtlabor.participation.projects.phases import OPEN, Deed
from flask_stadtlabor.state import settings
from flask_stadtlabor.urls import site_url

CSV_TEXTS = ("title", "summary", "status")
"""The texts that have a column for each language."""
CSV_VALUES = (
    "slug", "stage", "current_phase", "current_phase_ends_at", "next_phase",
    "next_phase_starts_at", "open", "level", "threshold", "timezone", "events", "url",
)  # fmt: skip
SLUG = {"type": "string"}
NO_SLUG = {"type": ["string", "null"]}
PHASE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["slug", "kind", "starts_at", "ends_at"],
    "properties": {
        "slug": SLUG,
        "kind": {"enum": list(get_args(PhaseKind))},
        "title": TEXT,
        "text": TEXT,
        "starts_at": MOMENT,
        "ends_at": {**NO_MOMENT, "description": "Null where it goes on."},
    },
}
PROJECT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["slug", "url", "title", "phases", "current_phase", "open", "modified"],
    "properties": {
        "slug": SLUG,
        "url": {"type": "string", "format": "uri"},
        "title": TEXT,
        "summary": TEXT,
        "description": TEXT,
        "status": {**TEXT, "description": "Where it stands, in words of the city."},
        "promise": {**TEXT, "description": "What the city does with the outcome."},
        "website": ADDRESS,
        "timezone": {"type": "string", "description": "An IANA zone."},
        "phases": {"type": "array", "items": PHASE, "description": "By their start."},
        "stage": {
            "enum": ["running", "ahead", "between", "over", "undated"],
            "description": "Where it stands in time; undated: it has no phases.",
        },
        "current_phase": {**NO_SLUG, "description": "The slug of the phase that runs."},
        "next_phase": {**NO_SLUG, "description": "The slug of the phase that begins next."},
        "open": {
            "type": "array",
            "items": {"enum": [deed.value for deed in Deed]},
            "description": "What people can do in it now.",
        },
        "categories": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["slug", "title"],
                "properties": {"slug": SLUG, "title": TEXT},
            },
        },
        "level": {"enum": list(get_args(ProjectLevel)), "description": "Who can write in it."},
        "threshold": {
            "type": ["integer", "null"],
            "description": "How many supports of an idea make the city answer.",
        },
        "events": {"type": "array", "items": SLUG, "description": "Public events that show it."},
        "modified": MOMENT,
    },
}
PROJECTS = Described(
    paths={
        "/projects": path(
            "All projects, those in which something is open first",
            page_of("projects", "project"),
            paged=True,
        ),
        "/projects.csv": csv_path("All projects, a line each"),
    },
    schemas={"project": PROJECT},
)


def project_record(standing: ProjectStanding, events: Sequence[str]) -> dict[str, Any]:
    """A project; ``events`` are the slugs of the public events that show it."""
    project, current, coming = standing.project, standing.current, standing.coming
    return {
        "slug": project.slug,
        "url": page_address("project", project.slug),
        "title": project.title.to_json(),
        "summary": project.summary.to_json(),
        "description": project.description.to_json(),
        "status": project.status.to_json(),
        "promise": project.promise.to_json(),
        "website": site_url(project.url) if project.url else None,
        "timezone": project.timezone,
        "phases": [_phase(standing, timed) for timed in standing.phases],
        "stage": standing.stage.value,
        "current_phase": current.phase.slug if current is not None else None,
        "next_phase": coming.phase.slug if coming is not None else None,
        "open": sorted(OPEN[current.phase.kind]) if current is not None else [],
        "categories": [each.model_dump(mode="json") for each in project.categories],
        "level": project.level,
        "threshold": project.threshold,
        "events": list(events),
        "modified": project.revised_at.isoformat(),
    }


def csv_header() -> list[str]:
    """The columns of the CSV, texts in each of the portal's languages."""
    return [*CSV_VALUES, *(f"{name}_{code}" for name in CSV_TEXTS for code in settings().locales)]


def csv_row(standing: ProjectStanding, events: Sequence[str]) -> list[object]:
    """A project's cells, in the order of :func:`csv_header`."""
    record = project_record(standing, events)
    current, coming = standing.current, standing.coming
    values = {
        **record,
        "current_phase_ends_at": _moment(standing, current.ends_at) if current else None,
        "next_phase_starts_at": _moment(standing, coming.starts_at) if coming else None,
        "open": " ".join(record["open"]),
        "events": " ".join(record["events"]),
    }
    texts = (
        in_language(getattr(standing.project, name), code)
        for name in CSV_TEXTS
        for code in settings().locales
    )
    return [*(values[name] for name in CSV_VALUES), *texts]


def _phase(standing: ProjectStanding, timed: TimedPhase) -> dict[str, Any]:
    return {
        "slug": timed.phase.slug,
        "kind": timed.phase.kind,
        "title": timed.phase.title.to_json(),
        "text": timed.phase.text.to_json(),
        "starts_at": _moment(standing, timed.starts_at),
        "ends_at": _moment(standing, timed.ends_at),
    }


def _moment(standing: ProjectStanding, moment: datetime | None) -> str | None:
    """With the offset that holds there then (D4)."""
    return moment.astimezone(standing.project.zone).isoformat() if moment is not None else None

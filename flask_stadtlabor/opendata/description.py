"""The description of the open data by OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from flask_stadtlabor.events.next_step import Step
from flask_stadtlabor.opendata.openapi import (
    ADDRESS,
    MOMENT,
    NO_MOMENT,
    TEXT,
    Described,
    csv_path,
    one_of,
    page_of,
    path,
)
from flask_stadtlabor.state import settings
from flask_stadtlabor.urls import absolute_url

REGISTRATION: dict[str, Any] = {
    "type": ["object", "null"],
    "description": "Null where people come without registering.",
    "properties": {
        "opens_at": NO_MOMENT,
        "closes_at": NO_MOMENT,
        "capacity": {"type": ["integer", "null"], "description": "Null means unlimited."},
        "seats_left": {
            "type": ["integer", "null"],
            "description": "At least so many, in steps (1, 5, 10, 20, 50, 100, …); some of them "
            "may be held for people who have yet to confirm. 0: nobody new gets a seat. "
            "Null: unlimited.",
        },
        "waiting_list": {"type": "boolean"},
    },
}
NAMED = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": TEXT, "note": TEXT, "url": ADDRESS},
}
TEXTS = dict.fromkeys(("title", "summary", "description"), TEXT)
SERIES: dict[str, Any] = {
    "type": "object",
    "required": ["slug", "url", "title"],
    "properties": {
        "slug": {"type": "string"},
        "url": {"type": "string", "format": "uri"},
        **TEXTS,
        "funding": {"type": "array", "items": NAMED},
    },
}
RESULTS: dict[str, Any] = {
    "type": ["object", "null"],
    "description": "What came of it; null until the event is over, or while nothing is said.",
    "properties": {
        "text": TEXT,
        "minutes": TEXT,
        "minutes_url": ADDRESS,
        "links": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["title", "url"],
                "properties": {"title": TEXT, "url": {"type": "string", "format": "uri"}},
            },
        },
    },
}
EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["slug", "url", "status", "title", "starts_at", "ends_at", "timezone", "modified"],
    "properties": {
        "slug": {"type": "string"},
        "url": {"type": "string", "format": "uri"},
        "status": {"enum": ["published", "cancelled", "postponed"]},
        **TEXTS,
        "topic": TEXT,
        "languages": {"type": "array", "items": {"type": "string"}},
        "price": {**TEXT, "description": "In words; empty where the event does not say."},
        "starts_at": MOMENT,
        "ends_at": MOMENT,
        "timezone": {"type": "string", "description": "An IANA zone."},
        "series": {"type": ["string", "null"], "description": "The series' slug."},
        "venue": {"type": ["object", "null"], "description": "As in the exchange file."},
        "organisers": {"type": "array", "items": NAMED},
        "next_step": {
            "enum": [step.value for step in Step if step != Step.DRAFT],
            "description": "What a person can do now, or why nothing.",
        },
        "results": RESULTS,
        "registration": REGISTRATION,
        "modified": MOMENT,
    },
}


EVENTS_AND_SERIES = Described(
    paths={
        "/events": path(
            "All public events, upcoming ones first", page_of("events", "event"), paged=True
        ),
        "/events.csv": csv_path("All public events, a line each"),
        "/events/{slug}": path(
            "One event", one_of("event"), missing="There is no such public event."
        ),
        "/series": path("All series with public events", page_of("series", "series")),
    },
    schemas={"event": EVENT, "series": SERIES},
)


def description(*further: Described) -> dict[str, Any]:
    """The whole description, for this portal; ``further`` rooms come after events."""
    root = absolute_url("api_description").removesuffix("/openapi.json")
    rooms = (EVENTS_AND_SERIES, *further)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": settings().portal_name,
            "version": "1",
            "license": {"name": settings().data_licence, "url": settings().data_licence_url},
        },
        "servers": [{"url": root}],
        "paths": {name: found for room in rooms for name, found in room.paths.items()},
        "components": {
            "schemas": {name: found for room in rooms for name, found in room.schemas.items()}
        },
    }

"""The description of the open data by OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from flask_stadtlabor.events.next_step import Step
from flask_stadtlabor.state import settings
from flask_stadtlabor.urls import absolute_url

TEXT: dict[str, Any] = {
    "description": "One text for all languages, or a text for each language code.",
    "oneOf": [
        {"type": "string"},
        {"type": "object", "additionalProperties": {"type": "string"}},
    ],
}
MOMENT = {"type": "string", "format": "date-time"}
ADDRESS = {"type": ["string", "null"], "format": "uri"}
REGISTRATION: dict[str, Any] = {
    "type": ["object", "null"],
    "description": "Null where people come without registering.",
    "properties": {
        "opens_at": {**MOMENT, "type": ["string", "null"]},
        "closes_at": {**MOMENT, "type": ["string", "null"]},
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


def description() -> dict[str, Any]:
    """The whole description, for this portal."""
    root = absolute_url("api_description").removesuffix("/openapi.json")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": settings().portal_name,
            "version": "1",
            "license": {"name": settings().data_licence, "url": settings().data_licence_url},
        },
        "servers": [{"url": root}],
        "paths": {
            "/events": _path(
                "All public events, upcoming ones first", _page_of("events"), paged=True
            ),
            "/events.csv": {
                "get": {
                    "summary": "All public events, a line each",
                    "responses": {"200": {"description": "CSV", "content": {"text/csv": {}}}},
                }
            },
            "/events/{slug}": _path("One event", _one_of("event"), by_slug=True),
            "/series": _path("All series with public events", _page_of("series")),
        },
        "components": {"schemas": {"event": EVENT, "series": SERIES}},
    }


def _path(
    summary: str, schema: dict[str, Any], *, paged: bool = False, by_slug: bool = False
) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = []
    if paged:
        page = {"type": "integer", "minimum": 1}
        words = "The first where it is missing; the last where there are fewer."
        parameters.append({"name": "page", "in": "query", "description": words, "schema": page})
    if by_slug:
        parameters.append(
            {"name": "slug", "in": "path", "required": True, "schema": {"type": "string"}}
        )
    content = {"application/json": {"schema": schema}}
    responses: dict[str, Any] = {"200": {"description": summary, "content": content}}
    if paged:
        responses["400"] = {"description": "The page is no whole number from 1 on."}
    if by_slug:
        responses["404"] = {"description": "There is no such public event."}
    return {"get": {"summary": summary, "parameters": parameters, "responses": responses}}


def _page_of(name: str) -> dict[str, Any]:
    record = {"$ref": f"#/components/schemas/{'event' if name == 'events' else name}"}
    return {
        "type": "object",
        "required": ["licence", "licence_url", name],
        "properties": {
            "licence": {"type": "string"},
            "licence_url": {"type": "string", "format": "uri"},
            name: {"type": "array", "items": record},
            "page": {"type": "integer"},
            "pages": {"type": "integer"},
            "next": ADDRESS,
        },
    }


def _one_of(name: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["licence", "licence_url", name],
        "properties": {name: {"$ref": f"#/components/schemas/{name}"}},
    }

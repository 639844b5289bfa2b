"""Parts of descriptions by OpenAPI 3.1, from which each room describes its open data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

TEXT: dict[str, Any] = {
    "description": "One text for all languages, or a text for each language code.",
    "oneOf": [
        {"type": "string"},
        {"type": "object", "additionalProperties": {"type": "string"}},
    ],
}
MOMENT = {"type": "string", "format": "date-time"}
ADDRESS = {"type": ["string", "null"], "format": "uri"}
NO_MOMENT = {**MOMENT, "type": ["string", "null"]}


class Described(NamedTuple):
    """What a room tells as open data."""

    paths: Mapping[str, Any]
    schemas: Mapping[str, Any]
    """By the names under which the paths refer to them."""


def path(
    summary: str, schema: dict[str, Any], *, paged: bool = False, missing: str = ""
) -> dict[str, Any]:
    """A path that answers with JSON.

    With ``missing``, which says what a 404 means, a slug is part of it.
    """
    parameters: list[dict[str, Any]] = []
    content = {"application/json": {"schema": schema}}
    responses: dict[str, Any] = {"200": {"description": summary, "content": content}}
    if paged:
        page = {"type": "integer", "minimum": 1}
        words = "The first where it is missing; the last where there are fewer."
        parameters.append({"name": "page", "in": "query", "description": words, "schema": page})
        responses["400"] = {"description": "The page is no whole number from 1 on."}
    if missing:
        parameters.append(
            {"name": "slug", "in": "path", "required": True, "schema": {"type": "string"}}
        )
        responses["404"] = {"description": missing}
    return {"get": {"summary": summary, "parameters": parameters, "responses": responses}}


def csv_path(summary: str) -> dict[str, Any]:
    """A path that answers with CSV."""
    content: dict[str, Any] = {"text/csv": {}}
    return {
        "get": {
            "summary": summary,
            "responses": {"200": {"description": "CSV", "content": content}},
        }
    }


def page_of(name: str, schema: str) -> dict[str, Any]:
    """A list ``name`` of what ``schema`` describes, with its pages where it has some."""
    return {
        "type": "object",
        "required": ["licence", "licence_url", name],
        "properties": {
            "licence": {"type": "string"},
            "licence_url": {"type": "string", "format": "uri"},
            name: {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}},
            "page": {"type": "integer"},
            "pages": {"type": "integer"},
            "next": ADDRESS,
        },
    }


def one_of(name: str) -> dict[str, Any]:
    """A single record."""
    return {
        "type": "object",
        "required": ["licence", "licence_url", name],
        "properties": {name: {"$ref": f"#/components/schemas/{name}"}},
    }

"""Ideas as records of plain values, for the open data (D6), and their description."""

from __future__ import annotations

from typing import Any, Final

from flask_stadtlabor.opendata.openapi import (
    MOMENT,
    NO_MOMENT,
    Described,
    csv_path,
    page_of,
    path,
)
from flask_stadtlabor.participation.ideas.models import Idea, IdeaStatus
from flask_stadtlabor.state import settings
from flask_stadtlabor.urls import absolute_url

NO_TEXT = {"type": ["string", "null"]}
IDEA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["number", "url", "project", "status", "title", "text", "author", "supports"],
    "properties": {
        "number": {"type": "integer"},
        "url": {"type": "string", "format": "uri"},
        "project": {"type": "string", "description": "The project's slug."},
        "status": {
            "enum": ["published", "hidden", "withdrawn", "merged"],
            "description": "Hidden: by a moderator; nothing else is told of it.",
        },
        "title": {**NO_TEXT, "description": "Null where its words are not to be read any more."},
        "text": {**NO_TEXT, "description": "Markdown."},
        "language": {**NO_TEXT, "description": "Of title and text."},
        "translations": {
            "type": ["object", "null"],
            "additionalProperties": {"type": "string"},
            "description": "Title and text in other languages, by their codes: Markdown.",
        },
        "category": {**NO_TEXT, "description": "The slug of one of the project's categories."},
        "area": {**NO_TEXT, "description": "The name in the host's file of an area of the city."},
        "place": {**NO_TEXT, "description": "In words."},
        "picture": {
            "type": ["string", "null"],
            "format": "uri",
            "description": "The address of its picture, under the licence of the data.",
        },
        "picture_description": {**NO_TEXT, "description": "What the picture shows."},
        "author": {**NO_TEXT, "description": "The name that the author chose; null for none."},
        "reason": {**NO_TEXT, "description": "Why the author withdrew it."},
        "supports": {"type": "integer"},
        "published": MOMENT,
        "modified": NO_MOMENT,
    },
}
IDEAS = Described(
    paths={
        "/ideas": path("All ideas, the oldest first", page_of("ideas", "idea"), paged=True),
        "/ideas.csv": csv_path("All ideas, a line each"),
    },
    schemas={"idea": IDEA},
)
COLUMNS = tuple(IDEA["properties"])
CSV_COLUMNS = tuple(name for name in COLUMNS if name != "translations")
WORDS = ("title", "text", "language", "category", "area", "place", "reason")


def idea_record(idea: Idea) -> dict[str, Any]:
    """An idea; of one whose words cannot be read here, only that it was there."""
    is_read = idea.status != IdeaStatus.HIDDEN and bool(idea.text)
    published_at = idea.published_at or idea.created_at
    values: dict[str, Any] = {
        "number": idea.id,
        "url": absolute_url("idea", lang=settings().default_locale, number=idea.id),
        "project": idea.project.slug,
        "status": idea.status,
        **{name: (getattr(idea, name) or None) if is_read else None for name in WORDS},
        "translations": (idea.translations.to_json() or None) if is_read else None,
        "picture": idea.shown_picture.absolute_url if idea.shown_picture else None,
        "picture_description": idea.picture_alt if is_read else None,
        "author": idea.public_name if is_read else None,
        "supports": idea.supports,
        "published": published_at.isoformat(),
        "modified": idea.changed_at.isoformat(),
    }
    return {name: values[name] for name in COLUMNS}


def csv_row(idea: Idea) -> list[object]:
    """An idea's cells, in the order of :data:`CSV_COLUMNS`."""
    record = idea_record(idea)
    return [record[name] for name in CSV_COLUMNS]

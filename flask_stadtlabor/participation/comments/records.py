"""Comments as records of plain values, for the open data (D6), and their description."""

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
from flask_stadtlabor.participation.comments.models import Comment
from flask_stadtlabor.participation.comments.threads import thread_of
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.state import settings
from flask_stadtlabor.urls import absolute_url

NO_TEXT = {"type": ["string", "null"]}
COUNT = {"type": "integer"}
COMMENT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["number", "url", "about", "answers", "status", "text", "author", "replies"],
    "properties": {
        "number": COUNT,
        "url": {"type": "string", "format": "uri"},
        "about": {
            "enum": ["idea", "project", "event", "programme", "results"],
            "description": "Programme: an item of it; results: those of an event.",
        },
        "about_name": {
            "type": "string",
            "description": "The number of the idea, or the slug of the project or event.",
        },
        "part": {**NO_TEXT, "description": "The item of the programme, as in its address."},
        "answers": {
            "type": ["integer", "null"],
            "description": "The number of the comment that it answers.",
        },
        "status": {
            "enum": ["published", "hidden", "withdrawn"],
            "description": "Hidden by a moderator and withdrawn by the author are told only "
            "while there are replies.",
        },
        "text": {**NO_TEXT, "description": "Markdown; null where it is not published any more."},
        "language": NO_TEXT,
        "translations": {
            "type": ["object", "null"],
            "additionalProperties": {"type": "string"},
            "description": "The same in other languages, by their codes: Markdown.",
        },
        "stance": {"enum": ["for", "against", None], "description": "Null: neither."},
        "author": {**NO_TEXT, "description": "The name that the author chose; null for none."},
        "agrees": COUNT,
        "disagrees": COUNT,
        "replies": {**COUNT, "description": "Published comments anywhere below it."},
        "published": MOMENT,
        "modified": {**NO_MOMENT, "description": "Null where the author never changed it."},
    },
}
COMMENTS = Described(
    paths={
        "/comments": path(
            "All comments, the oldest first", page_of("comments", "comment"), paged=True
        ),
        "/comments.csv": csv_path("All comments, a line each"),
    },
    schemas={"comment": COMMENT},
)
COLUMNS = tuple(COMMENT["properties"])
CSV_COLUMNS = tuple(name for name in COLUMNS if name != "translations")


def comment_record(comment: Comment) -> dict[str, Any]:
    """A comment; of a tombstone only its place."""
    thread, is_read = thread_of(comment), comment.is_public
    published_at = comment.published_at or comment.created_at
    about = thread.about
    values: dict[str, Any] = {
        "number": comment.id,
        "url": absolute_url("comment", lang=settings().default_locale, number=comment.id),
        "about": thread.kind,
        "about_name": str(about.id) if isinstance(about, Idea) else about.slug,
        "part": thread.part if thread.kind == "programme" else None,
        "answers": comment.parent_id,
        "status": comment.status,
        "text": comment.text if is_read else None,
        "language": comment.language if is_read else None,
        "translations": (comment.translations.to_json() or None) if is_read else None,
        "stance": comment.stance if is_read else None,
        "author": comment.public_name if is_read else None,
        "agrees": comment.agrees,
        "disagrees": comment.disagrees,
        "replies": comment.replies,
        "published": published_at.isoformat(),
        "modified": comment.edited_at.isoformat() if is_read and comment.edited_at else None,
    }
    return {name: values[name] for name in COLUMNS}


def csv_row(comment: Comment) -> list[object]:
    """A comment's cells, in the order of :data:`CSV_COLUMNS`."""
    record = comment_record(comment)
    return [record[name] for name in CSV_COLUMNS]

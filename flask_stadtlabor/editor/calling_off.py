"""What is said of an event that is cancelled or postponed, beside its status."""

from __future__ import annotations

from typing import Any

from flask_stadtlabor.editor.description import Described, blank, describe
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.saving import Document


def fields_of_status(status: str) -> list[Described]:
    """The fields that count in this status alone."""
    return [item for item in describe(EventEntry) if status in item.field.statuses]


def with_status(document: Document, status: str) -> Document:
    """The document in another status, without what does not count in it."""
    empty = blank(EventEntry)
    left_out = {
        item.name: empty[item.name] for item in describe(EventEntry) if not item.counts_in(status)
    }
    return {**document, **left_out, "status": status}


def said_of(document: Document) -> dict[str, Any]:
    """What is said of it beside its status."""
    return {item.name: document.get(item.name) for item in fields_of_status(document["status"])}

"""Taking a withdrawn picture out of every event."""

from __future__ import annotations

from flask_stadtlabor.editor.drafts import working
from flask_stadtlabor.events import history
from flask_stadtlabor.events.history import By
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.exchange.saving import Document, document_of, entry_from, save_entry
from flask_stadtlabor.pictures.queries import uses_of


def take_out(name: str, by: By) -> None:
    """Leave every event, and every draft of changes, without the picture of this name."""
    for use in uses_of({name}):
        event = lock_event(use.event).event
        document = document_of(event)
        if _shows(document, name):
            entry = entry_from({**document, "image": None})
            save_entry(entry, step=Step.PICTURE_WITHDRAWN, by=by)
        drafted = working(event)
        if drafted.is_pending and _shows(drafted.document, name):
            without = {**drafted.document, "image": None}
            history.record(event, without, step=Step.DRAFTED, by=by)


def _shows(document: Document, name: str) -> bool:
    return (document["image"] or {}).get("picture") == name

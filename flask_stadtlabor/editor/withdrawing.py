"""Taking a withdrawn picture out of every event and project."""

from __future__ import annotations

from flask_stadtlabor.editor.drafts import working
from flask_stadtlabor.events import history
from flask_stadtlabor.events.history import By
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exchange.exporting import entry_of_project
from flask_stadtlabor.exchange.saving import (
    Document,
    document_of,
    entry_from,
    save_entry,
    save_series_or_project,
)
from flask_stadtlabor.pictures.queries import uses_of


def take_out(name: str, by: By) -> None:
    """Leave every event, every draft of changes and every project without the picture of this
    name."""
    for use in uses_of({name}):
        if use.event is not None:
            _take_out_of_event(use.event, name, by)
        elif use.project is not None:
            entry = entry_of_project(use.project).model_copy(update={"image": None})
            save_series_or_project(entry, step=Step.PICTURE_WITHDRAWN, by=by)


def _take_out_of_event(shown: Event, name: str, by: By) -> None:
    event = lock_event(shown).event
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

"""Taking a withdrawn picture out of every event."""

from __future__ import annotations

from flask_stadtlabor.consent.follow_up.publications import take_down_picture
from flask_stadtlabor.editor.drafts import working
from flask_stadtlabor.events import history
from flask_stadtlabor.events.history import By
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.uploaded import Uploaded
from flask_stadtlabor.exchange.saving import Document, document_of, entry_from, save_entry
from flask_stadtlabor.pictures.operations import mark_withdrawn
from flask_stadtlabor.pictures.queries import uses_of


def withdraw(picture: Uploaded, by: By) -> None:
    """Take a picture out of every event and draft of changes, for ever.

    What was recorded as published with it counts as taken down. Its files are for the caller to
    remove once this is committed, because the storage takes part in no transaction.
    """
    _take_out(picture.name, by)
    # from here on nobody can save it; whoever did so a moment ago is found by the second look
    mark_withdrawn(picture, by)
    _take_out(picture.name, by)
    take_down_picture(picture.name)


def _take_out(name: str, by: By) -> None:
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

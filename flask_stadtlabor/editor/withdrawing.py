"""Taking a withdrawn picture out of every event and project."""

from __future__ import annotations

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.consent.follow_up.publications import take_down_picture
from flask_stadtlabor.editor.description import blank
from flask_stadtlabor.editor.drafts import working
from flask_stadtlabor.events import history
from flask_stadtlabor.events.content import Results
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.uploaded import Uploaded
from flask_stadtlabor.exchange.exporting import entry_of_project
from flask_stadtlabor.exchange.saving import (
    Document,
    document_of,
    entry_from,
    save_entry,
    save_series_or_project,
)
from flask_stadtlabor.pictures.operations import mark_withdrawn
from flask_stadtlabor.pictures.queries import pictures_in, uses_of


def withdraw(picture: Uploaded, by: By) -> None:
    """Take a picture out of every event, draft of changes and project, for ever.

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
        if use.event is not None:
            _take_out_of_event(use.event, name, by)
        elif use.project is not None:
            entry = entry_of_project(use.project).model_copy(update={"image": None})
            save_series_or_project(entry, step=Step.PICTURE_WITHDRAWN, by=by)


def _take_out_of_event(shown: Event, name: str, by: By) -> None:
    event = lock_event(shown).event
    document = document_of(event)
    if name in pictures_in(document):
        entry = entry_from(_without(document, name))
        save_entry(entry, step=Step.PICTURE_WITHDRAWN, by=by)
    drafted = working(event)
    if drafted.is_pending and name in pictures_in(drafted.document):
        without = _without(drafted.document, name)
        history.record(event, without, step=Step.DRAFTED, by=by)


def _without(document: Document, name: str) -> Document:
    image, results = document["image"], document.get("results")
    if image and image.get("picture") == name:
        image = None
    if results:
        pictures = results.get("pictures") or []
        left = [picture for picture in pictures if picture.get("picture") != name]
        results = {**results, "pictures": left}
        if results == blank(Results):
            results = None
    return {**document, "image": image, "results": results}

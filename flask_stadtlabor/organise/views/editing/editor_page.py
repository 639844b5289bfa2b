"""What the pages of the editor share: their fields, faults, conflicts and the way between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select

from flask_stadtlabor.consent.models import Purpose
from flask_stadtlabor.consent.texts.published import PurposeTexts, current_texts
from flask_stadtlabor.dates import format_moment
from flask_stadtlabor.editor.binding import Binding, Posted
from flask_stadtlabor.editor.comparison import shown_value
from flask_stadtlabor.editor.faults import Faults
from flask_stadtlabor.editor.page_fields import (
    Box,
    Choices,
    PageFields,
    Readable,
    boxes_of,
    id_of,
)
from flask_stadtlabor.editor.review import label_at, missing, page_of
from flask_stadtlabor.events.models import Event, EventStatus, Project, Series
from flask_stadtlabor.events.queries import find_upcoming
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.merging import Conflict
from flask_stadtlabor.exchange.saving import Document
from flask_stadtlabor.i18n import _sl, words
from flask_stadtlabor.organise.forms.edit_event import EditForm
from flask_stadtlabor.organise.views.editing.upload import no_uploads
from flask_stadtlabor.state import now, session, settings
from flask_stadtlabor.urls import local_url

RESULTS = "results"
FROM_LIST = "shared"
"""The field by which something is taken from a list; it belongs to no document."""
"""The page that is filled in afterwards, with an address of its own."""


MOST_EVENTS = 100
"""Events to choose from, the next ones first."""


def page_words() -> dict[str, str]:
    """What the pages of the editor are called."""
    return {
        "text": _sl("Text"),
        "time": _sl("Time"),
        "place": _sl("Place"),
        "programme": _sl("Programme"),
        "people": _sl("People"),
        "registration": _sl("Registration"),
        "consent": _sl("Consent"),
        "picture": _sl("Picture"),
        "results": _sl("Results"),
    }


def page_address(event: Event, page: str, **asked: Any) -> str:
    """Where a page of the editor stands."""
    if page == RESULTS:
        return local_url("event_results", slug=event.slug, **asked)
    return local_url("edit_event", slug=event.slug, page=page, **asked)


def binding_of(posted: Posted, *, zone: str | None = None, whole: bool = True) -> Binding:
    """Puts what was posted into a document; see :class:`Binding`."""
    return Binding(
        posted,
        locales=settings().locales,
        zone=zone or settings().timezone,
        whole=whole,
    )


def fields_with(
    faults: Faults,
    zone: str,
    slug: str = "",
    *,
    warnings: Faults | None = None,
    previews: bool = False,
    more: Choices | None = None,
    needed_now: bool = False,
) -> PageFields:
    """Makes the fields of a page of the event with this slug, with what is wrong or odd at each.

    ``zone`` is the one in which its wall times are meant.
    ``more`` are values and labels to choose from, by source, beside those of every page;
    ``needed_now`` is for forms that make an event or move it at once.
    """
    purposes = current_texts(sorted(session().scalars(select(Purpose.slug))))
    return PageFields(
        locales=settings().locales,
        choices={**_choices(slug, purposes), **(more or {})},
        readable={
            text.slug: Readable(
                text.mode, local_url("consent_text", purpose=text.slug, version=text.version)
            )
            for text in purposes
        },
        zone=zone,
        faults=faults,
        warnings=warnings,
        previews=previews,
        no_uploads=no_uploads(),
        needed_now=needed_now,
    )


def _choices(slug: str, purposes: Sequence[PurposeTexts]) -> dict[str, Sequence[tuple[str, str]]]:
    """What the portal has to choose from, beside the event itself."""
    others = [
        event
        for event in find_upcoming(MOST_EVENTS)
        if event.slug != slug and event.status == EventStatus.PUBLISHED
    ]
    series = session().execute(select(Series.slug, Series.title)).all()
    projects = session().execute(select(Project.slug, Project.title)).all()
    return {
        "series": [(slug, words(title)) for slug, title in series],
        "projects": [(slug, words(title)) for slug, title in projects],
        "events": [
            (event.slug, f"{words(event.title)}, {format_moment(event.starts_at, event.timezone)}")
            for event in others
        ],
        "purposes": [(text.slug, words(text.title) or text.slug) for text in purposes],
    }


def summary_of(form: EditForm, fields: Sequence[Any], faults: Faults) -> dict[str, Any]:
    """The summary of what is wrong: each sentence with the way to its field."""
    names = {box.name if isinstance(box, Box) else "" for box in boxes_of(fields)}
    ids = {box.id for box in boxes_of(fields)}
    summary = [(sentence, "") for sentence in (form.session_errors() if form.errors else ())]
    for path, sentences in faults.items():
        if path.endswith(".offset"):
            continue
        code = f"{path}.{settings().locales[0]}"
        here = next((name for name in (path, code) if name in names), "")
        is_there = id_of(path) in ids or path == FROM_LIST
        way = f"#{id_of(here)}" if here else f"#{id_of(path)}" if is_there else ""
        summary += [(sentence, way) for sentence in sentences]
    return {"summary": summary}


def told_conflicts(
    conflicts: Sequence[Conflict], zone: str, model: type[BaseModel] = EventEntry
) -> list[tuple[str, str, str, str]]:
    """Of each conflict the label, the id of the field, and both versions in words."""
    return [
        (
            label_at(each.path, model),
            id_of(each.path),
            shown_value(each.mine, zone, each.path, model, with_marks=True),
            shown_value(each.theirs, zone, each.path, model, with_marks=True),
        )
        for each in conflicts
    ]


def around(event: Event, document: Document) -> dict[str, Any]:
    """The navigation between the pages, and where something is missing."""
    gaps = {finding.page for finding in missing(document)}
    pages = [
        (key, name, page_address(event, key), key in gaps)
        for key, name in page_words().items()
        if key != RESULTS or event.starts_at <= now()
    ]
    return {"pages": pages, "page_of": page_of, "page_address": page_address}

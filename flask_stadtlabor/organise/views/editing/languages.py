"""The texts of all coming events: what is missing in which language."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from flask import request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.editor.drafts import documents_of
from flask_stadtlabor.editor.gaps import gaps_of
from flask_stadtlabor.editor.page_fields import id_of
from flask_stadtlabor.editor.review import label_at
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.queries import whole_number
from flask_stadtlabor.organise.queries.events import list_events
from flask_stadtlabor.organise.views.staff_page import staff_page
from flask_stadtlabor.permissions import allowed
from flask_stadtlabor.ports import Action
from flask_stadtlabor.state import settings
from flask_stadtlabor.urls import local_url

PAGE_SIZE = 20


class Missing(NamedTuple):
    """What an event lacks in one language."""

    language: str
    fields: Sequence[tuple[str, str]]
    """What each text is called, and the way to its field."""


def show() -> ResponseReturnValue:
    """A page of the coming events that this person may edit, each with its gaps by language."""
    events = editable_events()
    pages = max(1, -(-len(events) // PAGE_SIZE))
    at = min(max(whole_number(request.args.get("page")), 1), pages)
    listed = events[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    documents = documents_of(listed)
    rows = [(event, _missing(event, documents[event.id])) for event in listed]
    return staff_page(
        "languages.html",
        rows=[(event, missing) for event, missing in rows if missing],
        complete=[event for event, missing in rows if not missing],
        at=at,
        pages_in_all=pages,
    )


def editable_events() -> list[Event]:
    """The coming events that this person may edit, the soonest first."""
    return [event for event in list_events()[0] if allowed(Action.EDIT, event)]


def _missing(event: Event, document: dict[str, object]) -> list[Missing]:
    """What it lacks, in the order of the site's languages; those that are whole are left out."""
    locales = settings().locales
    found = sorted(gaps_of(document, locales), key=lambda gap: locales.index(gap.language))
    by_language = {code: list(gaps) for code, gaps in groupby(found, lambda gap: gap.language)}
    return [
        Missing(
            code,
            [
                (
                    label_at(gap.path),
                    local_url("edit_event", slug=event.slug, page=gap.page)
                    + f"#{id_of(f'{gap.path}.{code}')}",
                )
                for gap in by_language[code]
            ],
        )
        for code in locales
        if code in by_language
    ]

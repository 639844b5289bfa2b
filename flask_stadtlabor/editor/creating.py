"""New events: from next to nothing, like the last one of a series, or as a copy."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor.description import blank
from flask_stadtlabor.editor.drafts import Refused
from flask_stadtlabor.editor.faults import faults_of
from flask_stadtlabor.editor.shifting import as_copy, shifted
from flask_stadtlabor.editor.short_names import free_slug
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.models import Event, Series
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.saving import Document, document_of, entry_from, save_entry
from flask_stadtlabor.state import session, settings


def empty_event() -> Document:
    """An event of which nothing is said."""
    return {**blank(EventEntry), "status": "draft", "timezone": settings().timezone}


def create(document: Document, *, like: Event | None, by: By) -> Event:
    """Make the draft; all that is not said comes from the event that it is ``like``.

    Raises :class:`~.drafts.Refused`.
    """
    # the name of an address is made last, and no fault of anybody's
    faults = faults_of({**document, "slug": "new"})
    if faults:
        raise Refused(document, faults)
    named = {**document, "slug": _free_slug(_title(document))}
    if like is not None:
        told = {key: named[key] for key in ("title", "ends_at", "series")}
        copy = as_copy(shifted(document_of(like), named["starts_at"]), named["slug"])
        named = {**copy, **told}
    return _make(named, Step.CREATED, by)


def duplicate(document: Document, by: By) -> Event:
    """Make a draft of a copy: another uid, sequence 0, no registration and no mail.

    Raises :class:`~.drafts.Refused`, for instance where a time does not exist on that day.
    """
    named = {**document, "slug": _free_slug(re.sub(r"-\d{1,3}$", "", document["slug"]))}
    return _make(named, Step.DUPLICATED, by)


def duplicate_all(documents: Sequence[Document], by: By) -> list[Event]:
    """Make a draft of each copy, all or none; raises as :func:`duplicate`."""
    return [duplicate(document, by) for document in documents]


def _make(document: Document, step: Step, by: By) -> Event:
    faults = faults_of(document)
    if faults:
        raise Refused(document, faults)
    return save_entry(entry_from(document), step=step, by=by).event


def last_of(series: str) -> Event | None:
    """The event of a series that starts last; None where it has none."""
    found: Event | None = session().scalar(
        select(Event)
        .join(Series, Series.id == Event.series_id)
        .where(Series.slug == series)
        .order_by(Event.starts_at.desc(), Event.id.desc())
        .limit(1)
    )
    return found


def _title(document: Document) -> str:
    """In the portal's own language, whoever writes it."""
    return LocalizedText(document["title"]).choose(settings().default_locale)[0]


def _free_slug(title: str) -> str:
    return free_slug(title, set(session().scalars(select(Event.slug))), "event")

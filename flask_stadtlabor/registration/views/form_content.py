"""What a registration form asks: the event and its texts, read or remembered.

A process remembers what it read last. Whether that is still so is seen under the event's lock, so
that a registration need not read the event twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from werkzeug.exceptions import NotFound

from flask_stadtlabor.consent.texts.published import PurposeTexts, texts_at
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.queries import probe_event
from flask_stadtlabor.revision import Revision, keep, kept
from flask_stadtlabor.state import session

_NAME = "form-content"


@dataclass(frozen=True)
class FormContent:
    """An event and its texts at one content revision; its seats are those of a moment."""

    event: Event
    """Outside of any session, with its series."""
    texts: list[PurposeTexts]
    revision: Revision
    changed_at: datetime


def read_content(slug: str) -> FormContent:
    """The event as it is now, which is remembered; 404 where nobody can register."""
    probe = probe_event(slug, with_other_dates=False)
    if probe is None or not (probe.event.is_public and probe.event.takes_registrations):
        raise NotFound
    event = probe.event
    texts = texts_at(probe.revision, event.purposes)
    for row in (event, event.series):
        if row is not None:
            session().expunge(row)
    content = FormContent(event, texts, probe.revision, probe.changed_at)
    keep(content, _NAME, slug)
    return content


def remembered_content(slug: str) -> FormContent | None:
    """The event as this process read it last; None where it remembers nothing."""
    content: FormContent | None = kept(_NAME, slug)
    return content

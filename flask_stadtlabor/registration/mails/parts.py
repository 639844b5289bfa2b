"""What every mail of a registration is made of."""

from __future__ import annotations

from typing import NamedTuple

from flask_stadtlabor.dates import format_moment
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import words
from flask_stadtlabor.registration.models import Registration


class MailWords(NamedTuple):
    """One mail: its subject, its paragraphs, and the words on its one link."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str
    tells_access: bool = False
    """Whether the mail says how to get in and around without barriers."""


def title(event: Event) -> str:
    """The event's title, plain."""
    return words(event.title)


def deadline(event: Event, registration: Registration) -> str:
    """The moment at which a hold or an offer ends."""
    return format_moment(registration.expires_at or event.starts_at, event.timezone)

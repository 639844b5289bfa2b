"""A mail with the city's own words as whoever writes them gets it for a trial."""

from __future__ import annotations

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import use_language
from flask_stadtlabor.outbox.operations import enqueue
from flask_stadtlabor.outbox.templates import drawn
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.registration.mails.mail_texts import MailTexts
from flask_stadtlabor.registration.mails.preview import preview_words
from flask_stadtlabor.state import settings


def send_mail_trial(event: Event, kind: MailKind, texts: MailTexts, recipient: str) -> None:
    """The mail about this event with these words, one in each language; it is about nobody."""
    for language in settings().locales:
        with use_language(language):
            mail = drawn(preview_words(event, kind, language, texts))
            enqueue(kind=kind.name, recipient=recipient, **mail._asdict())

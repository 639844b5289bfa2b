"""A message to a group as staff sees it beforehand, on the page and in their own mailbox."""

from __future__ import annotations

from collections.abc import Mapping

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import use_language
from flask_stadtlabor.outbox.operations import enqueue
from flask_stadtlabor.outbox.templates import Mail, drawn
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.details import Details, OwnWords
from flask_stadtlabor.registration.mails.preview import EXAMPLE_TOKEN, somebody
from flask_stadtlabor.registration.mails.render import words_for
from flask_stadtlabor.urls import absolute_url


def message_preview(event: Event, words: OwnWords, language: str) -> Mail:
    """The mail as somebody called Kim gets it; in the current language, which is ``language``."""
    person = somebody(event, kinds.MESSAGE, language)
    link = absolute_url("open_link", token=EXAMPLE_TOKEN)
    return drawn(words_for(kinds.MESSAGE, person, Details(message=words), link=link))


def send_trial(event: Event, texts: Mapping[str, OwnWords], recipient: str) -> None:
    """The same to whoever writes it, one mail in each language; it is about nobody."""
    for language, words in texts.items():
        with use_language(language):
            mail = message_preview(event, words, language)
            enqueue(kind=kinds.MESSAGE.name, recipient=recipient, **mail._asdict())

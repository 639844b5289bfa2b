"""Mails to a participant that they can end, and the digest among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_stadtlabor.i18n import page_language, use_language
from flask_stadtlabor.outbox.operations import enqueue
from flask_stadtlabor.outbox.templates import drawn, words_of
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.participation.telling.models import News
from flask_stadtlabor.participation.telling.unsubscribing import Mails, unsubscribe_link
from flask_stadtlabor.participation.telling.words import Occurrence, Section, news_words
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.urls import absolute_url

DIGEST = MailKind("digest", folder="")
MOST_LINES = 100
"""News of one kind that a digest names."""


def write_mail(participant: Participant, kind: MailKind, mails: Mails, **context: Any) -> None:
    """Write a mail in somebody's language, with the link that ends all of its kind.

    The caller has seen to it that they want it, and that the address is confirmed.
    """
    if participant.email is None:
        raise ValueError("This participant has no address.")
    ending = unsubscribe_link(participant, mails)
    language = page_language(participant.language)
    with use_language(language):
        found = words_of(
            kind.template,
            unsubscribe_link=ending,
            settings_link=absolute_url("my_settings", lang=language),
            **context,
        )
        enqueue(
            kind=kind.name,
            recipient=participant.email,
            concerns=participant.mark,
            unsubscribe=ending,
            **drawn(found)._asdict(),
        )


def write_digest(participant: Participant, news: Sequence[News]) -> bool:
    """Write somebody's digest; False where nothing of it can be told any more."""
    with use_language(participant.language):
        sections = _sections(news)
    if not sections:
        return False
    write_mail(participant, DIGEST, Mails.DIGEST, sections=sections)
    return True


def _sections(news: Sequence[News]) -> list[Section]:
    found = []
    for kind, words in news_words().items():
        own = [
            Occurrence(one.number, one.created_at, one.participant_id)
            for one in news
            if one.kind == kind
        ]
        section = words(own[:MOST_LINES]) if own else None
        if section is not None and section.lines:
            found.append(section)
    return found

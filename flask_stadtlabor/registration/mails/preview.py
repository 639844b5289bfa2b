"""Mails as staff sees them beforehand: real words, a made-up person, a link that opens nothing."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl, use_language
from flask_stadtlabor.outbox.templates import Mail, MailWords, drawn, words_of
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.details import NO_DETAILS, Details, OwnWords
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.registration.mails.mail_texts import MailTexts
from flask_stadtlabor.registration.mails.news import News
from flask_stadtlabor.registration.mails.render import words_for
from flask_stadtlabor.registration.models import PENDING, Registration, RegistrationState
from flask_stadtlabor.registration.ticket_codes import EXAMPLE
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.urls import absolute_url

EXAMPLE_TOKEN = "example"  # noqa: S105 - opens nothing: it is no token that was ever given out


def preview(event: Event, kind: MailKind, language: str) -> Mail:
    """The mail of this kind in ``language``, as somebody called Kim would get it.

    Writes nothing to the database.
    """
    with use_language(language):
        return drawn(preview_words(event, kind, language))


def preview_words(
    event: Event, kind: MailKind, language: str, texts: MailTexts | None = None
) -> MailWords:
    """What it says, in the current language, which is ``language``."""
    return words_for(
        kind,
        somebody(event, kind, language),
        _details(event, kind),
        link=absolute_url("open_link", token=EXAMPLE_TOKEN),
        texts=texts,
    )


def occasions() -> list[tuple[str, str]]:
    """Every kind of mail by its name, and when people get it, in the current language."""
    return [
        (kind.name, words_of("occasion", whole=f"stadtlabor/mail/{kind.template}.jinja").occasion)
        for kind in kinds.KINDS
    ]


def _details(event: Event, kind: MailKind) -> Details:
    if kind in (kinds.WITHDRAWN, kinds.REFUSED_BY_FORM, kinds.REFUSED_ANEW, kinds.ASK_AGAIN):
        return Details(purpose_title=_sl("Photos"))
    if kind == kinds.CANCELLED_BY_STAFF:
        # Translators: an example of why staff cancelled for somebody.
        return Details(reason=_sl("You asked us to by telephone."))
    if kind == kinds.MESSAGE:
        return Details(
            message=OwnWords(
                # Translators: an example of what staff writes to those who come.
                _sl("Please bring a pen"),
                _sl("We have paper and **coffee**."),
            )
        )
    if kind == kinds.MOVED:
        before = event.previous_starts_at or event.starts_at - timedelta(days=7)
        return Details(news=News(frozenset({"starts_at"}), {"starts_at": before.isoformat()}))
    return NO_DETAILS


def somebody(event: Event, kind: MailKind, language: str) -> Registration:
    """A registration for a mail of that kind, in the current language.

    It belongs to no session, so that it is never stored.
    """
    state = kind.preview_state
    registration = Registration(
        state=state,
        # Translators: a first name for people who do not exist.
        given_name=_sl("Kim"),
        # Translators: a last name for people who do not exist.
        family_name=_sl("Example"),
        party_size=min(2, event.max_party_size),
        language=language,
        ticket_code=EXAMPLE,
        created_at=now(),
        confirmed_at=now() if state == RegistrationState.CONFIRMED else None,
        checked_in_at=event.starts_at if kind == kinds.THANK_YOU else None,
        expires_at=now() + settings().confirm_within if state in PENDING else None,
    )
    set_committed_value(registration, "event", event)
    return registration

"""Mails as staff sees them beforehand: real words, a made-up person, a link that opens nothing."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl, use_language
from flask_stadtlabor.outbox.templates import Mail
from flask_stadtlabor.registration.mails import send, words
from flask_stadtlabor.registration.mails.change_words import Change
from flask_stadtlabor.registration.models import PENDING, Registration, RegistrationState
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.urls import absolute_url

KINDS = words.KINDS
"""Every mail that :func:`preview` knows, in the order in which people may get them."""
EXAMPLE_TOKEN = "example"  # noqa: S105 - opens nothing: it is no token that was ever given out
_STATES = {
    "confirm": RegistrationState.HELD,
    "waiting": RegistrationState.WAITING,
    "offered": RegistrationState.OFFERED,
    "cancelled": RegistrationState.CANCELLED,
    "expired": RegistrationState.EXPIRED,
}


def preview(event: Event, kind: str, language: str) -> Mail:
    """The mail ``kind`` of ``event`` in ``language``, as somebody called Kim would get it.

    Writes nothing to the database. Raises ``KeyError`` for a kind that is none of :data:`KINDS`.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    with use_language(language):
        return send.written(
            kind,
            somebody(event, kind, language),
            link=absolute_url("open_link", token=EXAMPLE_TOKEN),
            purpose_title=_sl("Photos"),
            change=Change(
                former_start=event.previous_starts_at or event.starts_at - timedelta(days=7)
                if kind == "moved"
                else None
            ),
        )


def somebody(event: Event, kind: str, language: str) -> Registration:
    """A registration for a mail of that ``kind``, in the current language.

    It belongs to no session, so that it is never stored.
    """
    state = _STATES.get(kind, RegistrationState.CONFIRMED)
    registration = Registration(
        state=state,
        # Translators: a first name for people who do not exist.
        given_name=_sl("Kim"),
        # Translators: a last name for people who do not exist.
        family_name=_sl("Example"),
        party_size=min(2, event.max_party_size),
        language=language,
        created_at=now(),
        confirmed_at=now() if state == RegistrationState.CONFIRMED else None,
        checked_in_at=event.starts_at if kind == "thank_you" else None,
        expires_at=now() + settings().confirm_within if state in PENDING else None,
    )
    set_committed_value(registration, "event", event)
    return registration

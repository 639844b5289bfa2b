"""The mails of an event as people will get them, for staff to read beforehand."""

from __future__ import annotations

from flask import abort, make_response
from flask.typing import ResponseReturnValue

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import language as current_language
from flask_stadtlabor.organise.views.staff_page import staff_page
from flask_stadtlabor.outbox.templates import Mail
from flask_stadtlabor.registration.mails.kinds import BY_NAME, KINDS
from flask_stadtlabor.registration.mails.mail_texts import mail_texts
from flask_stadtlabor.registration.mails.preview import preview, preview_words
from flask_stadtlabor.state import settings

HTML_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""A mail has inline styles and images; scripts and everything else are forbidden."""


def show(event: Event) -> ResponseReturnValue:
    """Every mail that somebody may get about this event."""
    texts, code = mail_texts(), current_language()
    mails = [(kind.name, preview_words(event, kind, code, texts)) for kind in KINDS]
    return staff_page("mails.html", event=event, mails=mails)


def show_mail(event: Event, kind: str, language: str) -> ResponseReturnValue:
    """One mail in one language: its subject and its text."""
    mail = _mail(event, kind, language)
    # not "language": a host's layout may have a global of that name
    return staff_page("mail.html", event=event, kind=kind, written_in=language, mail=mail)


def show_html(event: Event, kind: str, language: str) -> ResponseReturnValue:
    """The HTML part of a mail alone, as a mail program shows it."""
    response = make_response(_mail(event, kind, language).html_for_browsers())
    response.headers["Content-Security-Policy"] = HTML_POLICY
    return response


def _mail(event: Event, kind: str, language: str) -> Mail:
    if kind not in BY_NAME or language not in settings().locales:
        abort(404)
    return preview(event, BY_NAME[kind], language)

"""The settings, ours and those of Flask and its extensions that we depend on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from flask_stadtlabor.adapters import flask_mailman, smtp
from flask_stadtlabor.cli.checks.finding import Finding, error, warning
from flask_stadtlabor.outbox.message import sender_address
from flask_stadtlabor.state import state_of
from flask_stadtlabor.urls import base_url

logger = logging.getLogger(__name__)

LINKS = {
    "imprint_url": "imprint",
    "privacy_url": "privacy notice",
    "accessibility_url": "accessibility statement",
    "barrier_report_url": "page where people report a barrier",
}
"""The slots that a host fills (A3)."""
FORM_HOURS = 20
"""How long a form of ours can be left open (A10, WCAG 2.2.6)."""


def check_configuration(app: Flask) -> Iterator[Finding]:
    """Findings about the settings of ``app``, whose context must be there."""
    yield from _keys(app)
    yield from _addresses(app)
    yield from _mail(app)
    yield from _forms(app)
    yield from _folders(app)
    yield from (warning(sentence) for sentence in missing_links(app))


def missing_links(app: Flask) -> list[str]:
    """A sentence for each slot that the host leaves empty (A3)."""
    settings = state_of(app).settings
    return [
        f"STADTLABOR_{name.upper()} is not set, so that our pages link to no {what}; "
        "write its address, or its path on your site, such as '/imprint'."
        for name, what in LINKS.items()
        if not getattr(settings, name)
    ]


def warn_of_missing_links(app: Flask) -> None:
    """Log in one line which slots are empty, when the app starts (A3)."""
    settings = state_of(app).settings
    empty = [f"STADTLABOR_{name.upper()}" for name in LINKS if not getattr(settings, name)]
    if empty:
        logger.warning("Our pages miss links that the law asks for; set %s.", ", ".join(empty))


def _keys(app: Flask) -> Iterator[Finding]:
    if not app.secret_key:
        yield error(
            "SECRET_KEY is not set, so that no form and no personal link works; set it to a long "
            "random text, such as `python -c 'import secrets; print(secrets.token_hex())'` prints."
        )
    if not state_of(app).settings.ledger_key:
        yield warning(
            "STADTLABOR_LEDGER_KEY is not set, so that the consent ledger is sealed with a key "
            "made from SECRET_KEY, and nothing in it can be verified once that changes; set a "
            "long random text of its own and keep it for ever."
        )


def _addresses(app: Flask) -> Iterator[Finding]:
    settings = state_of(app).settings
    if not settings.base_url:
        yield warning(
            f"STADTLABOR_BASE_URL is not set, so that links in mails, calendars and feeds begin "
            f"with {base_url()}; write the address of your site, such as 'https://stadt.example'."
        )
    elif settings.url_prefix and urlsplit(settings.base_url).path.endswith(settings.url_prefix):
        yield warning(
            f"STADTLABOR_BASE_URL ends with {settings.url_prefix}, which is added to it once "
            "more; leave that out."
        )


def _mail(app: Flask) -> Iterator[Finding]:
    configured = state_of(app).settings.mail_sender or app.config.get("MAIL_DEFAULT_SENDER")
    try:
        sender_address()
    except ValueError:
        yield error(
            "No mail can leave, because the sender is no address that a mail server takes; write "
            "one such as 'stadt@stadt.example' as STADTLABOR_MAIL_SENDER."
        )
        return
    if not configured:
        yield warning(
            f"STADTLABOR_MAIL_SENDER is not set, so that mails come from {sender_address()}; "
            "write an address that people can answer to."
        )
    is_ours = state_of(app).ports.mailer in (flask_mailman.send, smtp.send)
    if is_ours and smtp.is_suppressed():
        name = "MAIL_SUPPRESS_SEND" if "MAIL_SUPPRESS_SEND" in app.config else "TESTING"
        yield warning(
            f"{name} is set, so that no mail leaves, and each counts as sent; leave it out where "
            "people are to get their mails."
        )
    if state_of(app).ports.mailer is flask_mailman.send and not app.config.get("MAIL_SERVER"):
        yield warning(
            "MAIL_SERVER is not set, so that mails are handed to this machine, port "
            f"{app.config.get('MAIL_PORT') or 25}; write the name of your mail server."
        )


def _forms(app: Flask) -> Iterator[Finding]:
    if not app.config.get("WTF_CSRF_ENABLED", True):
        yield warning(
            "WTF_CSRF_ENABLED is False, so that any other site can send our forms in a visitor's "
            "name; leave it out, except in tests."
        )
    limit = app.config.get("WTF_CSRF_TIME_LIMIT", 3600)
    limit = limit.total_seconds() if isinstance(limit, timedelta) else limit
    if "csrf" in app.extensions and limit is not None and limit < FORM_HOURS * 3600:
        yield warning(
            f"WTF_CSRF_TIME_LIMIT is {limit:g} seconds, so that somebody who fills a form in "
            f"slowly has to send it twice; write {FORM_HOURS * 3600} or more, or None."
        )


def _folders(app: Flask) -> Iterator[Finding]:
    for folder in state_of(app).settings.translation_directories:
        if not Path(folder).is_dir():
            yield warning(
                f"STADTLABOR_TRANSLATION_DIRECTORIES names {folder}, which is no folder; "
                "correct it."
            )

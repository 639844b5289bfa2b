"""Deferred mails: queued without their words, and rendered when their turn comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import NamedTuple

from flask import Flask, current_app

_RENDERERS = "stadtlabor_mail_renderers"


class DeferredMail(NamedTuple):
    """A mail without its words."""

    kind: str
    recipient: str
    concerns: str | None
    """The pseudonym of the registration that it is about."""


MailRenderer = Callable[[DeferredMail], EmailMessage | None]
"""Renders a deferred mail; None where there is nothing to tell (any more)."""


def set_renderers(app: Flask, by_kind: Mapping[str, MailRenderer]) -> None:
    """Say who renders the deferred mails of ``app``, by their kind."""
    app.extensions[_RENDERERS] = dict(by_kind)


def renderers() -> Mapping[str, MailRenderer]:
    """Who renders the deferred mails of the current app, by their kind."""
    found: Mapping[str, MailRenderer] = current_app.extensions[_RENDERERS]
    return found

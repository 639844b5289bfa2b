"""Undeliverable mails: the handler that takes over their news."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app

from flask_stadtlabor.outbox.models import OutboxMail

_LAST_RESORT = "stadtlabor_mail_last_resort"

LastResort = Callable[[OutboxMail], None]
"""Called in the transaction in which a mail is given up, before that changes the mail."""


def set_last_resort(app: Flask, last_resort: LastResort) -> None:
    """Say who takes over the mails of ``app`` that are given up."""
    app.extensions[_LAST_RESORT] = last_resort


def last_resort() -> LastResort:
    """Who takes over the mails of the current app that are given up."""
    found: LastResort = current_app.extensions[_LAST_RESORT]
    return found

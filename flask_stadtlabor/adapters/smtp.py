"""Mail by SMTP, with the ``MAIL_*`` settings that Flask's mail extensions read."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage

from flask import current_app

TIMEOUT = 20
"""Seconds to wait for the mail server where ``MAIL_TIMEOUT`` is not set."""


def send(message: EmailMessage) -> None:
    """Send by ``MAIL_SERVER`` and ``MAIL_PORT``; raises what :mod:`smtplib` raises."""
    client = _connect()
    try:
        _introduce(client)
        client.send_message(message)
    finally:
        # once the server has taken the mail, a clumsy goodbye must not have it sent again
        with suppress(smtplib.SMTPException, OSError):
            client.quit()
        client.close()


def _connect() -> smtplib.SMTP:
    config = current_app.config
    use_ssl = bool(config.get("MAIL_USE_SSL"))
    server = config.get("MAIL_SERVER") or "localhost"
    port = int(config.get("MAIL_PORT") or (465 if use_ssl else 25))
    timeout = float(config.get("MAIL_TIMEOUT") or TIMEOUT)
    if use_ssl:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server, port, timeout=timeout, context=context)
    return smtplib.SMTP(server, port, timeout=timeout)


def _introduce(client: smtplib.SMTP) -> None:
    """STARTTLS and a password, where they are configured."""
    config = current_app.config
    if config.get("MAIL_USE_TLS") and not config.get("MAIL_USE_SSL"):
        client.starttls(context=ssl.create_default_context())
    if config.get("MAIL_USERNAME"):
        client.login(config["MAIL_USERNAME"], config.get("MAIL_PASSWORD") or "")

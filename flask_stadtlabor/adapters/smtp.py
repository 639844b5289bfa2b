"""Mail by SMTP, with the ``MAIL_*`` settings that Flask's mail extensions read."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

from flask import current_app

TIMEOUT = 20
"""Seconds to wait for the mail server; the outbox tries again later."""


def send(message: EmailMessage) -> None:
    """Send by ``MAIL_SERVER`` and ``MAIL_PORT``; raises what :mod:`smtplib` raises."""
    config = current_app.config
    use_ssl = bool(config.get("MAIL_USE_SSL"))
    server = config.get("MAIL_SERVER") or "localhost"
    port = int(config.get("MAIL_PORT") or (465 if use_ssl else 25))
    client = (
        smtplib.SMTP_SSL(server, port, timeout=TIMEOUT, context=ssl.create_default_context())
        if use_ssl
        else smtplib.SMTP(server, port, timeout=TIMEOUT)
    )
    with client:
        if config.get("MAIL_USE_TLS") and not use_ssl:
            client.starttls(context=ssl.create_default_context())
        if config.get("MAIL_USERNAME"):
            client.login(config["MAIL_USERNAME"], config.get("MAIL_PASSWORD") or "")
        client.send_message(message)

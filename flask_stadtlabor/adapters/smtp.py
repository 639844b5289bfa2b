"""Mail by SMTP, with the ``MAIL_*`` settings that Flask's mail extensions read."""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from threading import Event, Thread

from flask import current_app

from flask_stadtlabor.ports import MailServerAway

logger = logging.getLogger(__name__)

TIMEOUT = 20
"""Seconds to wait for each answer of the mail server where ``MAIL_TIMEOUT`` is not set."""
CONVERSATION = 120
"""Seconds that a whole SMTP session may take, so that a slow server cannot block a worker."""


def is_suppressed() -> bool:
    """Whether no mail may leave: ``MAIL_SUPPRESS_SEND``, by default as ``TESTING``.

    Flask-Mail does the same; hosts rely on it when they test with a copy of real data.
    """
    app = current_app
    return bool(app.config.get("MAIL_SUPPRESS_SEND", app.testing))


def send(message: EmailMessage) -> None:
    """Send by ``MAIL_SERVER`` and ``MAIL_PORT``; raises what :mod:`smtplib` raises.

    Does nothing where :func:`is_suppressed` says so.

    A failure before the MAIL command raises :class:`~flask_stadtlabor.ports.MailServerAway`, with
    the original exception as its cause.
    """
    if is_suppressed():
        logger.info("A mail was not sent, because MAIL_SUPPRESS_SEND or TESTING is set")
        return
    client = _client()
    with hung_up_in_time(lambda: client.sock):
        try:
            with away_where_it_fails():
                _connect(client)
                _introduce(client)
            client.send_message(message)
        finally:
            # after the server has accepted the mail, a failing QUIT must not cause it to be sent
            # again
            with suppress(smtplib.SMTPException, OSError):
                client.quit()
            client.close()


@contextmanager
def hung_up_in_time(
    connection: Callable[[], socket.socket | None], seconds: float | None = None
) -> Iterator[None]:
    """Within the block, a conversation over ``connection`` ends after :data:`CONVERSATION` seconds.

    A socket timeout restarts with each byte; this limit does not. Raises
    ``SMTPServerDisconnected``, even if a partial reply was parsed as something else.
    """
    is_over = Event()
    hung_up = Event()

    def hang_up() -> None:
        limit = CONVERSATION if seconds is None else seconds
        # repeated, because the connection may have been opened only now
        while not is_over.wait(limit):
            limit = 1
            line = connection()
            if line is not None:
                hung_up.set()
                with suppress(OSError):
                    # not through the TLS object, whose state another thread is using
                    socket.socket.shutdown(line, socket.SHUT_RDWR)

    watch = Thread(target=hang_up, name="stadtlabor-mail-limit", daemon=True)
    watch.start()
    try:
        yield
    except Exception as error:
        if not hung_up.is_set():
            raise
        late = smtplib.SMTPServerDisconnected("The conversation took too long.")
        if isinstance(error, MailServerAway):
            raise MailServerAway from late
        raise late from error
    finally:
        is_over.set()
        watch.join()


@contextmanager
def away_where_it_fails() -> Iterator[None]:
    """Within the block, any failure is raised as ``MailServerAway``."""
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerAway from error


def _client() -> smtplib.SMTP:
    """A client that is not connected yet, so that the time limit covers connecting too."""
    timeout = float(current_app.config.get("MAIL_TIMEOUT") or TIMEOUT)
    if current_app.config.get("MAIL_USE_SSL"):
        return smtplib.SMTP_SSL(timeout=timeout, context=ssl.create_default_context())
    return smtplib.SMTP(timeout=timeout)


def _connect(client: smtplib.SMTP) -> None:
    config = current_app.config
    server = config.get("MAIL_SERVER") or "localhost"
    port = int(config.get("MAIL_PORT") or (465 if config.get("MAIL_USE_SSL") else 25))
    # the name that TLS asks for, which smtplib sets only where it connects at once
    client._host = server  # type: ignore[attr-defined]
    code, greeting = client.connect(server, port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, greeting)


def _introduce(client: smtplib.SMTP) -> None:
    """STARTTLS and a password, where they are configured."""
    config = current_app.config
    if config.get("MAIL_USE_TLS") and not config.get("MAIL_USE_SSL"):
        client.starttls(context=ssl.create_default_context())
    if config.get("MAIL_USERNAME"):
        client.login(config["MAIL_USERNAME"], config.get("MAIL_PASSWORD") or "")
    client.ehlo_or_helo_if_needed()

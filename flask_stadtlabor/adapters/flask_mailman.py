"""Mail by Flask-Mailman: its backends (console, file, locmem, SMTP) are the host's choice."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import Policy
from typing import Any

from flask import current_app

from flask_stadtlabor.adapters import smtp


class Carried(EmailMessage):
    """A message that Flask-Mailman's SMTP backend can write: it names the line end itself."""

    def as_bytes(
        self, unixfrom: bool = False, policy: Policy | None = None, linesep: str | None = None
    ) -> bytes:
        """The message with lines that end in ``linesep``, where one is given."""
        policy = policy or self.policy
        return super().as_bytes(unixfrom, policy.clone(linesep=linesep or policy.linesep))


def send(message: EmailMessage) -> None:
    """Send through the host's Flask-Mailman where it is set up, else by SMTP."""
    extension = current_app.extensions.get("mailman")
    if extension is None:
        smtp.send(message)
        return
    from flask_mailman import EmailMessage as MailmanMessage

    carried: Message = BytesParser(Carried, policy=message.policy).parsebytes(bytes(message))

    class Finished(MailmanMessage):  # type: ignore[misc]
        """A message that is complete already; Flask-Mailman only carries it."""

        def message(self) -> Message:
            """The message as it was composed."""
            return carried

    connection = extension.get_connection()
    if smtp.is_suppressed() and hasattr(connection, "connection_class"):
        # the test backend, which stores messages
        connection = extension.get_connection(backend="locmem")
    if getattr(connection, "timeout", smtp.TIMEOUT) is None:
        # without one, a mail server that says nothing would hold the delivery for ever
        connection.timeout = smtp.TIMEOUT
    clients = _noted_clients(connection)
    with smtp.hung_up_in_time(lambda: clients[-1].sock if clients else None):
        try:
            # opened here, so that a server that is away is told from a mail that is refused, and we
            # close the connection ourselves: a failing QUIT must not cause the mail to be sent
            # again
            with smtp.away_where_it_fails():
                connection.open()
            Finished(
                subject=str(message["Subject"]),
                from_email=_address(message, "From"),
                to=[_address(message, "To")],
                connection=connection,
            ).send()
        finally:
            # its SMTP backend leaves the connection open when a mail was refused
            with suppress(smtplib.SMTPException, OSError):
                connection.close()


def _noted_clients(connection: Any) -> list[smtplib.SMTP]:
    """Collects the SMTP client of a backend as soon as it connects; empty for other backends.

    The backend itself stores the client only after the server's greeting, which may never come.
    """
    clients: list[smtplib.SMTP] = []
    if not hasattr(connection, "connection_class"):
        return clients
    kind: type[smtplib.SMTP] = connection.connection_class

    class Noted(kind):  # type: ignore[misc, valid-type]
        """An SMTP client that registers itself before it connects."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            clients.append(self)
            super().__init__(*arguments, **options)

    backend: Any = type(connection)
    connection.__class__ = type(backend.__name__, (backend,), {"connection_class": Noted})
    return clients


def _address(message: EmailMessage, header: str) -> str:
    """The bare address for the envelope; the name stands in the header."""
    return str(message[header].addresses[0].addr_spec)

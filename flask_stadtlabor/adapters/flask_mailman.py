"""Mail by Flask-Mailman, so that its backends (console, file, locmem, SMTP) are the host's choice."""

from __future__ import annotations

from email.message import EmailMessage, Message

from flask import current_app

from flask_stadtlabor.adapters import smtp


def send(message: EmailMessage) -> None:
    """Send through the host's Flask-Mailman where it is set up, else by SMTP."""
    if "mailman" not in current_app.extensions:
        smtp.send(message)
        return
    from flask_mailman import EmailMessage as MailmanMessage

    class Finished(MailmanMessage):  # type: ignore[misc]
        """A message that is complete already; Flask-Mailman only carries it."""

        def message(self) -> Message:
            return message

    Finished(
        subject=str(message["Subject"]),
        from_email=str(message["From"]),
        to=[str(message["To"])],
    ).send()

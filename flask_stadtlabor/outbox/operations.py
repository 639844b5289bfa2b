"""Writing to the outbox."""

from __future__ import annotations

from flask_stadtlabor.outbox.message import CalendarPart, compose
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.state import now, session

MAIL_WAITS = "stadtlabor_mail_waits"
"""The mark in ``session.info`` of a transaction that wrote a mail."""


def enqueue(
    *,
    kind: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    calendar: CalendarPart | None = None,
) -> OutboxMail:
    """Write a mail in the caller's transaction: it is sent if that is committed, and only then."""
    message = compose(recipient=recipient, subject=subject, text=text, html=html, calendar=calendar)
    mail = OutboxMail(
        message_id=message["Message-ID"],
        kind=kind,
        recipient=recipient,
        message=message.as_bytes().decode("ascii"),
        created_at=now(),
        next_attempt_at=now(),
    )
    session().add(mail)
    session().flush()
    session().info[MAIL_WAITS] = True
    return mail

"""Delivery: claimed, sent through the host's mailer, tried again with growing pauses."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update

from flask_stadtlabor import signals
from flask_stadtlabor.outbox.message import ASCII
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.state import current, now, session

logger = logging.getLogger(__name__)

PAUSES = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440)
)
"""How long to wait after each failed try; after the last a mail is given up."""
LEASE = timedelta(minutes=5)
"""How long a claimed mail is left alone; longer than any mailer takes."""


class DeliveryReport(NamedTuple):
    """How many mails were sent, will be tried again, and were given up."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0


def deliver_due(*, limit: int = 100) -> DeliveryReport:
    """Deliver the mails that are due, at most ``limit``.

    Each is claimed and committed before it is sent, so that any number of workers can run at once;
    one that is killed in between leaves its mail to the next, under the same Message-ID (S14).
    """
    sent = failed = given_up = 0
    for _ in range(limit):
        mail = _claim_next()
        if mail is None:
            break
        state = _deliver(mail)
        sent += state == MailState.SENT
        failed += state == MailState.QUEUED
        given_up += state == MailState.GIVEN_UP
    return DeliveryReport(sent, failed, given_up)


def _claim_next() -> OutboxMail | None:
    """The next mail that is due, claimed for this worker alone."""
    while True:
        due = session().scalar(
            select(OutboxMail.id)
            .where(_is_due())
            .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if due is None:
            session().rollback()
            return None
        # the condition once more, for databases without row locks
        claimed = session().execute(
            update(OutboxMail)
            .where(OutboxMail.id == due, _is_due())
            .values(claimed_until=now() + LEASE, attempts=OutboxMail.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        session().commit()
        if cast("CursorResult[object]", claimed).rowcount == 1:
            return session().get(OutboxMail, due, populate_existing=True)


def _is_due() -> ColumnElement[bool]:
    return and_(
        OutboxMail.state == MailState.QUEUED,
        OutboxMail.next_attempt_at <= now(),
        or_(OutboxMail.claimed_until.is_(None), OutboxMail.claimed_until <= now()),
    )


def _deliver(mail: OutboxMail) -> str:
    try:
        current().ports.mailer(_parsed(mail))
    except Exception as error:
        # whatever a host's mailer raises, and whatever it left in the session, the mail is kept
        session().rollback()
        _fail(mail, error)
    else:
        mail.state = MailState.SENT
        mail.sent_at = now()
        # the link and the address have done their work (S3, C12)
        mail.recipient = mail.message = mail.last_error = None
    mail.claimed_until = None
    state = mail.state
    session().commit()
    return state


def _parsed(mail: OutboxMail) -> EmailMessage:
    return cast(
        "EmailMessage", message_from_bytes((mail.message or "").encode("ascii"), policy=ASCII)
    )


def _fail(mail: OutboxMail, error: Exception) -> None:
    """Try again later; a mail that the server will never take is given up at once."""
    mail.last_error = _reason(error)
    if _is_final(error) or mail.attempts > len(PAUSES):
        mail.state = MailState.GIVEN_UP
        logger.error("Mail %s (%s) was given up: %s", mail.id, mail.kind, mail.last_error)
        session().flush()
        signals.send(signals.mail_given_up, mail=mail)
        return
    mail.next_attempt_at = now() + PAUSES[mail.attempts - 1]
    logger.warning("Mail %s (%s) will be tried again: %s", mail.id, mail.kind, mail.last_error)


def _reason(error: Exception) -> str:
    """The kind of failure without a server's words, which may repeat the address (S13)."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _is_final(error: Exception) -> bool:
    """Whether every recipient was refused for good (RFC 5321 §4.2.1: 5yz)."""
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        500 <= code < 600 for code, _ in error.recipients.values()
    )

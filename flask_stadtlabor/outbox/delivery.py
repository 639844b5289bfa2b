"""Delivery: claimed, sent through the host's mailer, tried again with growing pauses.

A mail is sent at least once, and by one worker at a time. It is sent twice only where a process
dies, or loses its database, between sending and writing that down; it then arrives under the same
Message-ID.
"""

from __future__ import annotations

import logging
import smtplib
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from flask_stadtlabor import signals
from flask_stadtlabor.outbox.message import ASCII
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.state import Promised, current, now, session
from flask_stadtlabor.transactions import change_rows, commit

logger = logging.getLogger(__name__)

PAUSES = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440, 1440)
)
"""How long to wait after each failed try; together five days, as RFC 5321 §4.5.4.1 asks."""
LEASE = timedelta(minutes=10)
"""How long a claimed mail is left alone by others; longer than any mailer takes."""
NEEDLESS = "needless"
"""How a promised mail ends that had nothing to tell."""
FAILURES_IN_A_ROW = 3
"""After so many the mail server is taken to be away, and the other mails are spared a try."""


class DeliveryReport(NamedTuple):
    """How many mails were sent, will be tried again, were given up, and had nothing to tell."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    needless: int = 0


class Claim(NamedTuple):
    """A mail that nobody else touches until the lease ends."""

    id: int
    kind: str
    message: str | None
    attempt: int


def _never() -> bool:
    return False


def deliver_all(stop: Callable[[], bool] = _never) -> DeliveryReport:
    """Deliver everything that is due, until ``stop()`` says so or the mail server fails.

    As :func:`deliver_due`, it commits the session of the current app context.
    """
    total = DeliveryReport()
    while True:
        batch = deliver_due(stop=stop)
        total = DeliveryReport(*(a + b for a, b in zip(total, batch, strict=True)))
        if not (batch.sent or batch.given_up or batch.needless):
            return total


def deliver_due(*, limit: int = 100, stop: Callable[[], bool] = _never) -> DeliveryReport:
    """Deliver the mails that are due, at most ``limit``; ``stop()`` is asked between them.

    Each is claimed and committed before it is sent, so that any number of workers can run at once;
    one that is killed in between leaves its mail to the next (S14). It commits the session of the
    current app context, so that nothing unfinished may be in it.
    """
    count: Counter[str] = Counter()
    in_a_row = 0
    for mail_id in _due(limit):
        if stop() or in_a_row == FAILURES_IN_A_ROW:
            break
        claim = _claim(mail_id)
        if claim is not None:
            state = _deliver(claim)
            count[state] += 1
            in_a_row = in_a_row + 1 if state == MailState.QUEUED else 0
    return DeliveryReport(
        count[MailState.SENT], count[MailState.QUEUED], count[MailState.GIVEN_UP], count[NEEDLESS]
    )


def next_attempt_at() -> datetime | None:
    """When the next queued mail is due; None when the outbox is empty."""
    found = session().scalar(
        select(func.min(OutboxMail.next_attempt_at)).where(OutboxMail.state == MailState.QUEUED)
    )
    session().rollback()
    return found


def _due(limit: int) -> list[int]:
    found = session().scalars(
        select(OutboxMail.id)
        .where(_is_due())
        .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
        .limit(limit)
    )
    ids = list(found)
    # no transaction stays open, so that each claim sees what other workers have done since
    session().rollback()
    return ids


def _is_due() -> ColumnElement[bool]:
    return and_(
        OutboxMail.state == MailState.QUEUED,
        OutboxMail.next_attempt_at <= now(),
        or_(OutboxMail.claimed_until.is_(None), OutboxMail.claimed_until <= now()),
    )


def _claim(mail_id: int) -> Claim | None:
    """Claim the mail; None if another worker has it or is about to.

    SKIP LOCKED spares workers from waiting for each other where the database has it; the
    conditional UPDATE makes the claim right on every database.
    """

    def take() -> Claim | None:
        free = select(OutboxMail.id).where(OutboxMail.id == mail_id, _is_due())
        if session().scalar(free.with_for_update(skip_locked=True)) is None:
            return None
        claimed = change_rows(
            update(OutboxMail)
            .where(OutboxMail.id == mail_id, _is_due())
            .values(claimed_until=now() + LEASE, attempts=OutboxMail.attempts + 1)
        )
        if claimed != 1:
            return None
        kind, message, attempts = (
            session()
            .execute(
                select(OutboxMail.kind, OutboxMail.message, OutboxMail.attempts).where(
                    OutboxMail.id == mail_id
                )
            )
            .one()
        )
        return Claim(mail_id, kind, message, attempts)

    return commit(take)


def _deliver(claim: Claim) -> str:
    """Send the mail and write down what came of it; returns its state.

    No transaction is open while the mail server is talked to.
    """
    if claim.attempt > len(PAUSES) + 1:
        # each try was counted, and none came to an end: this mail takes its worker with it
        return _write(claim, MailState.GIVEN_UP, error="no answer")
    try:
        message = claim.message or _written_now(claim)
        if message is not None:
            current().ports.mailer(_parsed(message))
    except Exception as error:
        # whatever a host's mailer raises, and whatever it left in the session, the mail is kept
        session().rollback()
        final = _is_final(error) or claim.attempt > len(PAUSES)
        return _write(claim, MailState.GIVEN_UP if final else MailState.QUEUED, _reason(error))
    state = _write(claim, MailState.SENT)
    return state if message is not None else NEEDLESS


def _written_now(claim: Claim) -> str | None:
    """Write a mail that was only promised; None where there is nothing to tell.

    It is committed before it is sent, so that every further try sends the same mail.
    """

    def write() -> str | None:
        mail = session().get(OutboxMail, claim.id, populate_existing=True, with_for_update=True)
        if mail is None or mail.attempts != claim.attempt or mail.recipient is None:
            return None
        promised = Promised(mail.kind, mail.recipient, mail.concerns)
        message = current().writers[mail.kind](promised)
        if message is not None:
            mail.message_id = message["Message-ID"]
            mail.message = message.as_bytes().decode("ascii")
        return mail.message

    return commit(write)


def _parsed(message: str) -> EmailMessage:
    return message_from_bytes(message.encode("ascii"), policy=ASCII)


def _write(claim: Claim, state: MailState, error: str | None = None) -> str:
    """Write down how a try ended, unless the lease ran out and another worker has the mail."""

    def write() -> None:
        mail = session().get(OutboxMail, claim.id, populate_existing=True, with_for_update=True)
        if mail is None or (mail.state, mail.attempts) != (MailState.QUEUED, claim.attempt):
            return
        mail.state = state
        mail.claimed_until = None
        mail.last_error = error
        if state == MailState.SENT:
            mail.sent_at = now()
            # the link and the address have done their work (S3, C12)
            mail.recipient = mail.message = mail.concerns = None
        elif state == MailState.QUEUED:
            mail.next_attempt_at = now() + PAUSES[claim.attempt - 1]
        else:
            session().flush()
            _tell(mail)

    commit(write)
    if state == MailState.GIVEN_UP:
        logger.error("Mail %s (%s) was given up: %s", claim.id, claim.kind, error)
    elif state == MailState.QUEUED:
        logger.warning("Mail %s (%s) will be tried again: %s", claim.id, claim.kind, error)
    return state


def _tell(mail: OutboxMail) -> None:
    """Send the signal; a receiver that fails undoes its own work, and not the end of the mail."""
    try:
        with session().begin_nested():
            signals.send(signals.mail_given_up, mail=mail)
    except Exception as error:
        logger.error("A receiver of mail_given_up failed: %s", type(error).__name__)


def _reason(error: Exception) -> str:
    """The kind of failure without a server's words, which may repeat the address (S13)."""
    codes = _codes(error)
    return " ".join([type(error).__name__, *(str(code) for code in codes)])


def _codes(error: Exception) -> list[int]:
    """The reply codes of RFC 5321 that are in an exception of :mod:`smtplib`."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return sorted({code for code, _ in error.recipients.values()})
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []


def _is_final(error: Exception) -> bool:
    """Whether every recipient was refused for good (RFC 5321 §4.2.1: 5yz).

    Other refusals may be the portal's own fault, such as a wrong sender, and can be put right.
    """
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        500 <= code < 600 for code in _codes(error)
    )

"""One attempt at a mail: claimed, rendered where it was deferred, sent, and noted down.

A mail is sent at least once, and by one worker at a time. It is sent twice only where a process
dies, or loses its database, between sending and writing that down; it then arrives under the same
Message-ID. A mail that fails is tried again with growing pauses.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, select, update

from flask_stadtlabor import signals
from flask_stadtlabor.outbox.deferred import DeferredMail, renderers
from flask_stadtlabor.outbox.failures import Blame, blame_of, is_final, reason_of
from flask_stadtlabor.outbox.message import ASCII
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.outbox.operations import BLANK, is_unclaimed
from flask_stadtlabor.outbox.undeliverable import last_resort
from flask_stadtlabor.state import current, now, session
from flask_stadtlabor.transactions import change_rows, commit

logger = logging.getLogger(__name__)

PAUSES = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440, 1440)
)
"""How long to wait after each failed try; together five days, as RFC 5321 §4.5.4.1 asks."""
LEASE = timedelta(minutes=10)
"""How long a claimed mail is left alone by others.

Longer than a mailer may take; the one of ours ends each conversation long before.
"""
NEEDLESS = "needless"
"""The result for a deferred mail that had nothing to tell."""
GONE = "gone"
"""The result of a try whose mail was deleted meanwhile, or claimed by another worker after the
lease."""


class Claim(NamedTuple):
    """A mail that nobody else touches until the lease ends."""

    id: int
    kind: str
    message: str | None
    attempt: int


class Tried(NamedTuple):
    """What came of a try."""

    state: str
    blame: Blame | None = None
    """What a failure was about."""


def attempt(mail_id: int) -> Tried | None:
    """Try to send the mail; None if another worker has it, or has sent it meanwhile."""
    claim = _claim(mail_id)
    return None if claim is None else _deliver(claim)


def is_due() -> ColumnElement[bool]:
    """Mails whose turn has come, and that nobody is sending."""
    return and_(
        OutboxMail.state == MailState.QUEUED,
        OutboxMail.next_attempt_at <= now(),
        is_unclaimed(),
    )


def _claim(mail_id: int) -> Claim | None:
    """Claim the mail; None if another worker has it or is about to.

    SKIP LOCKED spares workers from waiting for each other where the database has it; the
    conditional UPDATE makes the claim right on every database.
    """

    def take() -> Claim | None:
        free = select(OutboxMail.id).where(OutboxMail.id == mail_id, is_due())
        if session().scalar(free.with_for_update(skip_locked=True)) is None:
            return None
        claimed = change_rows(
            update(OutboxMail)
            .where(OutboxMail.id == mail_id, is_due())
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


def _deliver(claim: Claim) -> Tried:
    """Send the mail and write down what came of it.

    No transaction is open while the mail server is talked to.
    """
    if claim.attempt > len(PAUSES) + 1:
        # every try was counted and none finished: this mail seems to crash its worker
        return Tried(_write(claim, MailState.GIVEN_UP, error="no answer"))
    try:
        message = claim.message or _written_now(claim)
    except Exception as error:
        # whatever a host's template or a database raises, the mail is kept
        return _failed(claim, error, Blame.MAIL)
    if message is None:
        return Tried(NEEDLESS if _write(claim, MailState.SENT) != GONE else GONE)
    begun = now()
    try:
        current().ports.mailer(_parsed(message))
    except Exception as error:
        # whatever a host's mailer raises, and whatever it left in the session, the mail is kept
        return _failed(claim, error, blame_of(error))
    if now() - begun > LEASE:
        logger.warning(
            "Mail %s (%s) took longer than it was claimed for; a mailer needs a time limit",
            claim.id,
            claim.kind,
        )
    return Tried(_write(claim, MailState.SENT))


def _failed(claim: Claim, error: Exception, blame: Blame) -> Tried:
    session().rollback()
    final = is_final(error) or claim.attempt > len(PAUSES)
    state = MailState.GIVEN_UP if final else MailState.QUEUED
    return Tried(_write(claim, state, reason_of(error)), blame)


def _written_now(claim: Claim) -> str | None:
    """Write a deferred mail; None where there is nothing to tell.

    It is committed before it is sent, so that every further try sends the same mail.
    """

    def write() -> str | None:
        mail = session().scalar(
            select(OutboxMail)
            .where(_is_ours(claim))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if mail is None or mail.recipient is None or _is_replaced(mail):
            return None
        deferred = DeferredMail(mail.kind, mail.recipient, mail.concerns)
        message = renderers()[mail.kind](deferred)
        # takes the same time if there is nothing to tell, so that timing reveals nothing (S2)
        text = None if message is None else message.as_bytes().decode("ascii")
        message_id = make_msgid() if message is None else message["Message-ID"]
        if not _change(claim, message=text, message_id=message_id):
            # erased meanwhile, or somebody else's since the lease ran out: so are its links
            session().rollback()
            return None
        return text

    return commit(write)


def _is_replaced(mail: OutboxMail) -> bool:
    """Whether a newer one of the same kind is due; otherwise older ones end with this one."""
    same = and_(
        OutboxMail.kind == mail.kind,
        OutboxMail.address_key == mail.address_key,
        OutboxMail.concerns == mail.concerns
        if mail.concerns is not None
        else OutboxMail.concerns.is_(None),
        OutboxMail.id != mail.id,
        OutboxMail.state == MailState.QUEUED,
        is_unclaimed(),
    )
    others = (
        session()
        .execute(
            select(OutboxMail.id, OutboxMail.next_attempt_at).where(same).order_by(OutboxMail.id)
        )
        .all()
    )
    if any(other.id > mail.id and other.next_attempt_at <= now() for other in others):
        return True
    older = [other.id for other in others if other.id < mail.id]
    if older:
        change_rows(delete(OutboxMail).where(OutboxMail.id.in_(older), is_unclaimed()))
    return False


def _parsed(message: str) -> EmailMessage:
    return message_from_bytes(message.encode("ascii"), policy=ASCII)


def _is_ours(claim: Claim) -> ColumnElement[bool]:
    """The mail, as long as nobody has erased it or claimed it anew."""
    return and_(
        OutboxMail.id == claim.id,
        OutboxMail.state == MailState.QUEUED,
        OutboxMail.attempts == claim.attempt,
    )


def _change(claim: Claim, **values: Any) -> bool:
    """Change the mail, if it is still ours; a conditional UPDATE is right on every database."""
    return change_rows(update(OutboxMail).where(_is_ours(claim)).values(values)) == 1


def _write(claim: Claim, state: MailState, error: str | None = None) -> str:
    """Write down how a try ended; returns that, or :data:`GONE` where it is ours no longer."""

    def write() -> bool:
        values: dict[str, Any] = {"state": state, "claimed_until": None, "last_error": error}
        if state == MailState.GIVEN_UP:
            # before the mail's row is locked, because the handler may lock an event
            _hand_over(claim)
        if state == MailState.SENT:
            # the link and the address are no longer needed (S3, C12)
            values |= {"sent_at": now(), **BLANK}
        elif state == MailState.QUEUED:
            values["next_attempt_at"] = now() + PAUSES[claim.attempt - 1]
        is_ours = _change(claim, **values)
        if is_ours and state == MailState.GIVEN_UP:
            _tell(session().get_one(OutboxMail, claim.id, populate_existing=True))
        return is_ours

    if not commit(write):
        return GONE
    if state == MailState.GIVEN_UP:
        logger.error("Mail %s (%s) was given up: %s", claim.id, claim.kind, error)
    elif state == MailState.QUEUED:
        logger.warning("Mail %s (%s) will be tried again: %s", claim.id, claim.kind, error)
    return state


def _hand_over(claim: Claim) -> None:
    """Call the handler for undeliverable mails, which knows what the mail is about."""
    mail = session().scalar(select(OutboxMail).where(_is_ours(claim)))
    if mail is not None:
        last_resort()(mail)


def _tell(mail: OutboxMail) -> None:
    """Send the signal; a receiver that fails undoes its own work, and not the end of the mail."""
    try:
        with session().begin_nested():
            signals.send(signals.mail_given_up, mail=mail)
    except Exception as error:
        logger.error("A receiver of mail_given_up failed: %s", type(error).__name__)

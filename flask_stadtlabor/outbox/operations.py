"""Writing to the outbox."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from email.utils import make_msgid
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from flask_stadtlabor.outbox.message import CalendarPart, compose
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows

MAIL_WAITS = "stadtlabor_mail_waits"
"""The mark in ``session.info`` of a transaction that wrote a mail."""
KEPT_AFTER_GIVING_UP = timedelta(days=30)
"""How long a mail that could not be delivered is kept for another try."""


def enqueue(
    *,
    kind: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    calendar: CalendarPart | None = None,
    concerns: str | None = None,
) -> OutboxMail:
    """Write a mail in the caller's transaction: it is sent if that is committed, and only then.

    ``concerns`` is the pseudonym of the person concerned, by which erasure finds the mail.
    Raises ``ValueError`` for a recipient that is not one address.
    """
    message = compose(recipient=recipient, subject=subject, text=text, html=html, calendar=calendar)
    return _add(
        message_id=message["Message-ID"],
        kind=kind,
        concerns=concerns,
        recipient=recipient,
        message=message.as_bytes().decode("ascii"),
    )


def promise(*, kind: str, recipient: str, concerns: str | None = None) -> OutboxMail:
    """Write down that this address is to get a mail, if there is anything to tell it.

    That is found out, and the mail written, when its turn comes: whoever asked for it cannot learn
    from our answer, nor from the time that it takes (S2), and nobody waits for its words.
    """
    return _add(
        message_id=make_msgid(), kind=kind, recipient=recipient, concerns=concerns, message=None
    )


def _add(**columns: str | None) -> OutboxMail:
    mail = OutboxMail(**columns, created_at=now(), next_attempt_at=now())
    session().add(mail)
    session().flush()
    session().info[MAIL_WAITS] = True
    return mail


def try_again() -> int:
    """Queue the mails that were given up once more; returns how many."""
    return change_rows(
        update(OutboxMail)
        .where(OutboxMail.state == MailState.GIVEN_UP, OutboxMail.recipient.is_not(None))
        .values(state=MailState.QUEUED, attempts=0, next_attempt_at=now())
    )


def is_to_be_forgotten() -> ColumnElement[bool]:
    """Mails that were given up, and that nobody has tried again for long."""
    return and_(
        OutboxMail.state == MailState.GIVEN_UP,
        OutboxMail.recipient.is_not(None),
        OutboxMail.created_at < now() - KEPT_AFTER_GIVING_UP,
    )


def forget_given_up() -> int:
    """Blank the mails that nobody has tried again for long; returns how many."""
    return change_rows(
        update(OutboxMail)
        .where(is_to_be_forgotten())
        .values(recipient=None, message=None, concerns=None)
    )


def delete_waiting_mails(subjects: Collection[str], address: str | None = None) -> int:
    """Delete what is still to be sent about these pseudonyms, or to this address; how many."""
    ids = session().scalars(select(OutboxMail.id).where(is_mail_about(subjects, address)))
    return change_rows(delete(OutboxMail).where(OutboxMail.id.in_(ids.all())))


def is_mail_about(subjects: Collection[str], address: str | None) -> ColumnElement[bool]:
    """Mails that were not sent, and hold their words and an address therefore."""
    whose: list[Any] = [OutboxMail.concerns.in_(subjects)]
    if address is not None:
        whose.append(func.lower(OutboxMail.recipient) == address.lower())
    return OutboxMail.state.in_((MailState.QUEUED, MailState.GIVEN_UP)) & or_(*whose)

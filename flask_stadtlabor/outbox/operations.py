"""Writing to the outbox."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from flask_stadtlabor.addresses import address_key, address_keys
from flask_stadtlabor.outbox.deferred import renderers
from flask_stadtlabor.outbox.message import CalendarPart, ReplyTo, compose
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.outbox.templates import Picture
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows

MAIL_WAITS = "stadtlabor_mail_waits"
"""The mark in ``session.info`` of a transaction that wrote a mail."""
KEPT_AFTER_GIVING_UP = timedelta(days=30)
"""How long a mail that could not be delivered is kept for another try."""
BLANK: dict[str, None] = {
    "recipient": None,
    "address_key": None,
    "message": None,
    "tells": None,
    "concerns": None,
}
"""The columns of a mail that tell of a person, without their values (S3, C12)."""
UNSENT = (MailState.QUEUED, MailState.GIVEN_UP)
"""The states in which a mail holds its words and an address."""


class Turn(NamedTuple):
    """When a mail is to leave."""

    not_before: datetime | None = None
    """The earliest moment; None for at once."""
    since: datetime | None = None
    """Since when it waits, where it takes another one's place; None for now."""


NOW = Turn()


def enqueue(
    *,
    kind: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    pictures: Sequence[Picture] = (),
    calendar: CalendarPart | None = None,
    reply_to: ReplyTo | None = None,
    unsubscribe: str | None = None,
    concerns: str | None = None,
    tells: dict[str, Any] | None = None,
    turn: Turn = NOW,
) -> OutboxMail:
    """Write a mail in the caller's transaction: it is sent if that is committed, and only then.

    ``concerns`` is the pseudonym of the person concerned, by which erasure finds the mail, as it
    does by the address. ``tells`` is for a mail that may take its place (:func:`take_back`);
    ``unsubscribe`` as for :func:`~.message.compose`. Raises ``ValueError`` for a recipient that is
    not one address.
    """
    message = compose(
        recipient=recipient,
        subject=subject,
        text=text,
        html=html,
        pictures=pictures,
        calendar=calendar,
        reply_to=reply_to,
        unsubscribe=unsubscribe,
    )
    return _add(
        message_id=message["Message-ID"],
        kind=kind,
        concerns=concerns,
        recipient=recipient,
        message=message.as_bytes().decode("ascii"),
        tells=tells,
        turn=turn,
    )


def enqueue_deferred(
    *, kind: str, recipient: str, concerns: str | None = None, turn: Turn = NOW
) -> OutboxMail:
    """Write down that this address is to get a mail, if there is anything to tell it.

    That is found out, and the mail written, when its turn comes: whoever asked for it cannot learn
    from our answer, nor from the time that it takes (S2), and nobody waits for its words. Without
    ``concerns`` it is about all that the address has.
    """
    return _add(
        message_id=make_msgid(),
        kind=kind,
        recipient=recipient,
        concerns=concerns,
        turn=turn,
    )


def _add(*, recipient: str, turn: Turn, **columns: Any) -> OutboxMail:
    mail = OutboxMail(
        recipient=recipient,
        address_key=address_key(recipient),
        created_at=turn.since or now(),
        next_attempt_at=turn.not_before or now(),
        **columns,
    )
    session().add(mail)
    session().info[MAIL_WAITS] = True
    return mail


def take_back(subjects: Collection[str], kinds: Iterable[str]) -> Sequence[OutboxMail]:
    """Delete the mails of these ``kinds`` about these pseudonyms that have not left; returns them.

    Whoever takes them back writes a newer one in place of each. Those that a worker is sending at
    this moment are left to it.
    """
    found = session().scalars(
        select(OutboxMail)
        .where(
            OutboxMail.concerns.in_(subjects),
            OutboxMail.kind.in_(tuple(kinds)),
            OutboxMail.state.in_(UNSENT),
            is_unclaimed(),
        )
        .order_by(OutboxMail.id)
    )
    mails = found.all()
    for mail in mails:
        session().expunge(mail)
    if not mails:
        return []
    # a worker may have claimed one since it was read, which then is no longer ours to replace
    ids = [mail.id for mail in mails]
    locked = select(OutboxMail.id).where(OutboxMail.id.in_(ids), is_unclaimed()).with_for_update()
    free = set(session().scalars(locked))
    change_rows(delete(OutboxMail).where(OutboxMail.id.in_(free)))
    return [mail for mail in mails if mail.id in free]


def place_of(taken: Sequence[OutboxMail]) -> Turn:
    """The turn of a mail that replaces these; it keeps their retry delay."""
    waiting = [mail.next_attempt_at for mail in taken if mail.state == MailState.QUEUED]
    return Turn(not_before=min(waiting)) if waiting else NOW


def is_unclaimed() -> ColumnElement[bool]:
    """Mails that no worker is sending at this moment."""
    return or_(OutboxMail.claimed_until.is_(None), OutboxMail.claimed_until <= now())


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
    return change_rows(update(OutboxMail).where(is_to_be_forgotten()).values(BLANK))


def delete_waiting_mails(subjects: Collection[str], address: str | None = None) -> int:
    """Delete what is still to be sent about these pseudonyms, or to this address; how many."""
    ids = session().scalars(select(OutboxMail.id).where(is_mail_about(subjects, address)))
    return change_rows(delete(OutboxMail).where(OutboxMail.id.in_(ids.all())))


def let_concern(former: str, subject: str) -> None:
    """From now on, mails about one pseudonym are about another, which is the same person's."""
    theirs = update(OutboxMail).where(OutboxMail.concerns == former)
    change_rows(theirs.values(concerns=subject))


def is_mail_about(subjects: Collection[str], address: str | None) -> ColumnElement[bool]:
    """Mails that were not sent, and hold their words and an address therefore."""
    whose: list[Any] = [OutboxMail.concerns.in_(subjects)]
    if address is not None:
        whose.append(OutboxMail.address_key.in_(address_keys(address)))
    return OutboxMail.state.in_(UNSENT) & or_(*whose)


def is_mail_to(addresses: Collection[str], kinds: Iterable[str]) -> ColumnElement[bool]:
    """Mails of these ``kinds`` to these addresses that were not sent."""
    keys = [key for address in addresses for key in address_keys(address)]
    return (
        OutboxMail.state.in_(UNSENT)
        & OutboxMail.kind.in_(tuple(kinds))
        & OutboxMail.address_key.in_(keys)
    )


def is_about_address(addresses: Collection[str]) -> ColumnElement[bool]:
    """Mails that were not sent, and are about all that one of these addresses has.

    Those are the deferred ones; a mail to an office, such as a checkpoint, is about nobody.
    """
    return is_mail_to(addresses, renderers()) & OutboxMail.concerns.is_(None)


def waiting_about(addresses: Collection[str], kind: str) -> list[tuple[int, str]]:
    """The ids and recipients of the mails of a kind that :func:`is_about_address` selects."""
    rows = session().execute(
        select(OutboxMail.id, OutboxMail.recipient)
        .where(is_about_address(addresses), OutboxMail.kind == kind)
        .order_by(OutboxMail.id)
    )
    return [(row.id, str(row.recipient)) for row in rows]


def write_anew(mail_id: int) -> None:
    """Defer a mail again, so that what was written before is told to nobody.

    Its words are found when its turn comes. Where a worker is sending it at this moment, that is
    for a further try.
    """
    change_rows(
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.message.is_not(None))
        .values(message=None, message_id=make_msgid())
    )


def drop(mail_id: int) -> None:
    """Delete a mail that has nothing to tell any more."""
    change_rows(delete(OutboxMail).where(OutboxMail.id == mail_id))

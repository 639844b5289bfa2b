"""Holds and offers whose mail has not left: a mail server that is away costs nobody seats (S14).

A deadline that nobody was told of does not count: the hold or offer starts again, and a new mail
with the new deadline replaces the queued one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.outbox.operations import Turn
from flask_stadtlabor.registration.locks import Locked
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.kinds import ABOUT_DEADLINE, MailKind
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.state import now, session

PATIENCE = timedelta(days=7)
"""How long seats are kept for somebody whom no mail can reach."""


def extend_undelivered(overdue: Sequence[Locked]) -> set[int]:
    """Restart the holds and offers whose mail has not been sent; returns their ids.

    A mail that a worker is sending at this moment is left to it.
    """
    waiting = _waiting_mails([locked.registration.subject for locked in overdue])
    kept = set()
    for registration in (locked.registration for locked in overdue):
        kind = ABOUT_DEADLINE[RegistrationState(registration.state)]
        mail = waiting.get((registration.subject, kind.name))
        deadline = registration.new_deadline()
        if mail is None or deadline <= now() or not _is_first_news(mail, registration):
            continue
        kept.add(registration.id)
        if mail.claimed_until is None or mail.claimed_until <= now():
            registration.expires_at = deadline
            _replace(mail, kind, registration)
    return kept


def untold(ended: Sequence[Locked]) -> set[int]:
    """The ids of registrations whose mail was never tried, because it was postponed by the share.

    Whoever was not told of a hold need not hear that it has ended: a stranger can type one address
    into the forms of many events, and each hold would bring a mail more than the share (S4).
    """
    subjects = [locked.registration.subject for locked in ended]
    postponed = select(OutboxMail.concerns).where(
        OutboxMail.concerns.in_(subjects),
        OutboxMail.kind == kinds.CONFIRM.name,
        OutboxMail.state == MailState.QUEUED,
        OutboxMail.attempts == 0,
        OutboxMail.next_attempt_at > now(),
    )
    found = set(session().scalars(postponed)) if subjects else set()
    return {one.registration.id for one in ended if one.registration.subject in found}


def _waiting_mails(subjects: Sequence[str]) -> dict[tuple[str | None, str], OutboxMail]:
    if not subjects:
        return {}
    found = session().scalars(
        select(OutboxMail)
        .where(
            OutboxMail.concerns.in_(subjects),
            OutboxMail.kind.in_([kind.name for kind in ABOUT_DEADLINE.values()]),
            OutboxMail.state == MailState.QUEUED,
            OutboxMail.created_at > now() - PATIENCE,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {(mail.concerns, mail.kind): mail for mail in found}


def _is_first_news(mail: OutboxMail, registration: Registration) -> bool:
    """Whether the queued mail is the first to tell of the deadline.

    A mail that somebody asked for once more tells it anew, and prolongs nothing while it waits.
    """
    return (
        mail.attempts > 0
        or registration.state != RegistrationState.HELD
        or mail.created_at <= registration.created_at
    )


def _replace(mail: OutboxMail, kind: MailKind, registration: Registration) -> None:
    """Replace the queued mail; the new one keeps its age, so that the extensions end."""
    turn = Turn(not_before=mail.next_attempt_at, since=mail.created_at)
    session().delete(mail)
    session().flush()
    send_mail(kind, registration, turn=turn)

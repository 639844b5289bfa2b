"""How many mails an address gets that anybody can cause by typing it (S4, S16).

Whoever types it is answered alike, whatever the address did, has or was sent today. Beyond its
share a mail is postponed, never left out, so that a stranger can neither flood its owner nor lock
them out.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from flask_stadtlabor.addresses import address_keys, folded_address
from flask_stadtlabor.config import Rate
from flask_stadtlabor.limits import within_limit
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.outbox.operations import NOW, Turn
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.state import now, session, settings


def exceeded_share(address: str, *limits: str) -> Rate | None:
    """Count one hit of the address under each of these limits; returns one that is exceeded.

    Call it once per request, outside of a unit of work, which may be retried. Each address is
    counted, known to us or not.
    """
    rates = settings().rate_limits
    is_within = {name: within_limit(name, folded_address(address)) for name in limits}
    return next((rates[name] for name in limits if not is_within[name]), None)


def turn_of(kind: MailKind, address: str, concerns: str | None, exceeded: Rate | None) -> Turn:
    """When a mail's turn comes that a stranger may have caused.

    Beyond the share it waits until the limit's window is over; where that many others of the
    address wait already, for one more. The same mail has waited for its turn only once. What is
    read is read for every address, so that it takes as long (S2).
    """
    rows = session().execute(
        select(OutboxMail.kind, OutboxMail.concerns, func.min(OutboxMail.next_attempt_at))
        .where(
            OutboxMail.address_key.in_(address_keys(address)),
            OutboxMail.state == MailState.QUEUED,
            OutboxMail.next_attempt_at > now(),
        )
        .group_by(OutboxMail.kind, OutboxMail.concerns)
    )
    waiting = {(row[0], row[1]): row[2] for row in rows}
    if exceeded is None:
        return NOW
    same = waiting.pop((kind.name, concerns), None)
    if same is not None:
        return Turn(not_before=same)
    windows = 1 + len(waiting) // exceeded.amount
    return Turn(not_before=now() + timedelta(seconds=exceeded.seconds * windows))


def turn_behind(concerns: str) -> Turn:
    """The turn of a mail that a form causes indirectly: not before the form's own mail."""
    return Turn(
        not_before=session().scalar(
            select(func.max(OutboxMail.next_attempt_at)).where(
                OutboxMail.concerns == concerns,
                OutboxMail.state == MailState.QUEUED,
                OutboxMail.next_attempt_at > now(),
            )
        )
    )

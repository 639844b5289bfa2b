"""How many mails an address gets that anybody can cause by typing it (S4, S16).

Whoever types it is answered alike, whatever the address did, has or was sent today. Beyond its
share a mail is postponed, never left out, so that a stranger can neither flood its owner nor lock
them out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, select

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


class Waiting(NamedTuple):
    """A mail to an address that waits for its turn."""

    kind: str
    concerns: str | None
    not_before: datetime


WAITING_COLUMNS = (OutboxMail.kind, OutboxMail.concerns, OutboxMail.next_attempt_at)
"""What makes a :class:`Waiting`."""
IS_WAITING = and_(
    OutboxMail.address_key.in_(bindparam("address_keys", expanding=True)),
    OutboxMail.state == MailState.QUEUED,
    OutboxMail.next_attempt_at > bindparam("now"),
)
"""The mails to an address that wait, by the parameters of :func:`whose_mails`."""


def whose_mails(address: str) -> dict[str, Any]:
    """The parameters of :data:`IS_WAITING`."""
    return {"address_keys": address_keys(address), "now": now()}


def waiting_mails(address: str) -> list[Waiting]:
    """The mails to an address that wait for their turn."""
    statement = select(*WAITING_COLUMNS).where(IS_WAITING)
    return [Waiting(*row) for row in session().execute(statement, whose_mails(address))]


def turn_of(
    kind: MailKind, concerns: str | None, exceeded: Rate | None, waiting: Collection[Waiting]
) -> Turn:
    """When a mail's turn comes that a stranger may have caused.

    Beyond the share it waits until the limit's window is over; where that many others of the
    address wait already, for one more. The same mail has waited for its turn only once. Those that
    are ``waiting`` are read for every address, so that it takes as long (S2).
    """
    if exceeded is None:
        return NOW
    same = [mail for mail in waiting if (mail.kind, mail.concerns) == (kind.name, concerns)]
    if same:
        return Turn(not_before=min(mail.not_before for mail in same))
    others = {(mail.kind, mail.concerns) for mail in waiting}
    windows = 1 + len(others) // exceeded.amount
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

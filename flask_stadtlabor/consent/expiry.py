"""A yes whose time is over: it stops counting by the clock, and the ledger says so afterwards."""

from __future__ import annotations

from sqlalchemy import delete, select

from flask_stadtlabor.consent import ledger
from flask_stadtlabor.consent.in_force import expiry, was_answered_since
from flask_stadtlabor.consent.ledger import Line
from flask_stadtlabor.consent.models import (
    Act,
    By,
    ConsentEntry,
    ConsentExpiry,
    Method,
    TakeDownTask,
)
from flask_stadtlabor.state import now, session

AT_ONCE = 200
"""How many are ended in one transaction, so that other writers need not wait for long."""


def remind(entry: ConsentEntry, valid_days: int | None) -> None:
    """Have a yes looked at again when its time is over; other entries have no such time."""
    expires_at = expiry(entry, valid_days)
    if expires_at is not None:
        session().add(ConsentExpiry(seq=entry.seq, expires_at=expires_at))
        session().flush()


def any_expired() -> bool:
    """Whether there is anything to do for :func:`end_expired`."""
    due = select(ConsentExpiry.seq).where(ConsentExpiry.expires_at <= now()).limit(1)
    return session().scalar(due) is not None


def end_expired() -> int:
    """Write ``expired`` for the next consents whose time is over, with a task for staff each.

    One that was answered anew or taken back since is left as it is. Returns how many ended. Any
    number of workers can do this at once: they queue at the ledger's head.
    """
    ledger.take_head()
    due = list(
        session().scalars(
            select(ConsentExpiry.seq)
            .where(ConsentExpiry.expires_at <= now())
            .order_by(ConsentExpiry.expires_at, ConsentExpiry.seq)
            .limit(AT_ONCE)
        )
    )
    over = _unanswered_since(due)
    ledger.append(
        [Line.after(entry, act=Act.EXPIRED, actor=By.SYSTEM, method=Method.WEB) for entry in over]
    )
    session().add_all(
        TakeDownTask(subject=entry.subject, purpose=entry.purpose, created_at=now())
        for entry in over
    )
    session().execute(delete(ConsentExpiry).where(ConsentExpiry.seq.in_(due)))
    session().flush()
    return len(over)


def _unanswered_since(numbers: list[int]) -> list[ConsentEntry]:
    """Those of the entries that are still the latest answer to their purpose."""
    statement = select(ConsentEntry).where(ConsentEntry.seq.in_(numbers), ~was_answered_since())
    return list(session().scalars(statement.order_by(ConsentEntry.seq)))

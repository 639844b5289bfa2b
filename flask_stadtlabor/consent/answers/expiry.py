"""Expiry of consent: it ends by the clock, and the ledger entry is written afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from flask_stadtlabor.consent.answers.status import expiry, was_answered_since
from flask_stadtlabor.consent.ledger import append
from flask_stadtlabor.consent.ledger.append import Line
from flask_stadtlabor.consent.models import (
    ActorKind,
    ConsentAction,
    ConsentEntry,
    ConsentExpiry,
    Method,
    TakeDownTask,
)
from flask_stadtlabor.state import now, session

BATCH_SIZE = 200
"""How many are ended in one transaction, so that other writers need not wait for long."""


def remind(entry: ConsentEntry, valid_days: int) -> None:
    """Have a yes looked at again when its time is over; other entries have no such time."""
    expires_at = expiry(entry, valid_days)
    if expires_at is not None:
        session().add(ConsentExpiry(seq=entry.seq, expires_at=expires_at))
        session().flush()


def expired_after(seq: int) -> list[int]:
    """The numbers of the next entries whose time is over, the first of them above ``seq``."""
    return list(
        session().scalars(
            select(ConsentExpiry.seq)
            .where(ConsentExpiry.expires_at <= now(), ConsentExpiry.seq > seq)
            .order_by(ConsentExpiry.seq)
            .limit(BATCH_SIZE)
        )
    )


def end_expired(numbers: Sequence[int]) -> int:
    """Write ``expired`` for these entries whose time is over, with a task for staff each.

    One that was answered anew or taken back since is left as it is. Returns how many ended. Any
    number of workers can do this at once: they queue at the ledger's head.
    """
    append.take_head()
    due = list(
        session().scalars(
            select(ConsentExpiry.seq)
            .where(ConsentExpiry.expires_at <= now(), ConsentExpiry.seq.in_(numbers))
            .order_by(ConsentExpiry.expires_at, ConsentExpiry.seq)
        )
    )
    over = _unanswered_since(due)
    append.append(
        [
            Line.after(entry, act=ConsentAction.EXPIRED, actor=ActorKind.SYSTEM, method=Method.WEB)
            for entry in over
        ]
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

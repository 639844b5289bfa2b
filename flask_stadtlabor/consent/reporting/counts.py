"""Consent for the city's staff: how many said what, without names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select

from flask_stadtlabor.consent.answers.status import (
    ConsentStatus,
    latest_entries,
    status_of,
    was_followed,
    was_replaced,
)
from flask_stadtlabor.consent.models import (
    IN_FORCE,
    ConsentAction,
    ConsentEntry,
    ConsentSubject,
    Purpose,
)
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.state import session

BATCH_SIZE = 1000


@dataclass
class PurposeCounts:
    """How many people stand where with one purpose; each person is counted once."""

    slug: str
    title: LocalizedText
    """As the latest text said that somebody was asked about."""
    version: int
    """The version of that text."""
    in_force: int = 0
    """Said yes, and what they allowed may be done."""
    unconfirmed: int = 0
    """Said yes, and their address is not confirmed (yet)."""
    replaced: int = 0
    """Said yes to a text that was replaced by one that differs in substance."""
    refused: int = 0
    unanswered: int = 0
    """Asked, for the first time or again, and gave no answer."""
    withdrawn: int = 0
    expired: int = 0
    """Said yes, and the time of it is over."""
    invalidated: int = 0

    @property
    def total(self) -> int:
        """How many people were asked."""
        return (
            self.in_force
            + self.unconfirmed
            + self.replaced
            + self.refused
            + self.unanswered
            + self.withdrawn
            + self.expired
            + self.invalidated
        )


def counts(context: str) -> list[PurposeCounts]:
    """How many people of ``context`` (an event's uid) stand where, by purpose, without names.

    One statement; the purposes stand in the order in which they were asked about first.
    """
    people = select(ConsentSubject.reference).where(ConsentSubject.context == context)
    found: dict[str, PurposeCounts] = {}
    for row in session().execute(
        latest_entries(ConsentEntry.subject.in_(people)).execution_options(yield_per=BATCH_SIZE)
    ):
        status = status_of(row)
        purpose = found.setdefault(
            status.slug, PurposeCounts(status.slug, status.title, status.version)
        )
        if status.version > purpose.version:
            purpose.title, purpose.version = status.title, status.version
        name = _where(status)
        setattr(purpose, name, getattr(purpose, name) + 1)
    return list(found.values())


class AnswerCounts(NamedTuple):
    """What people last said to a purpose; each who has confirmed counts once."""

    slug: str
    yes: int
    no: int
    unanswered: int
    ended: int
    """Said yes once, and took it back, or it ran out or became void, or the text has changed in
    substance since."""

    @property
    def total(self) -> int:
        """How many were asked."""
        return self.yes + self.no + self.unanswered + self.ended


def answers(contexts: Collection[str]) -> list[AnswerCounts]:
    """What people of these ``contexts`` (events' uids) last said, by purpose, in one statement.

    The database adds up, and the ledger keeps what retention deletes elsewhere. Whether a yes has
    run out that nobody has written down yet is told by :func:`counts`.
    """
    if not contexts:
        return []
    people = select(ConsentSubject.reference).where(
        ConsentSubject.context.in_(contexts), ConsentSubject.confirmed_at.is_not(None)
    )
    last = (
        select(func.max(ConsentEntry.seq).label("seq"))
        .join(Purpose, Purpose.slug == ConsentEntry.purpose)
        .where(ConsentEntry.subject.in_(people))
        .group_by(ConsentEntry.subject, ConsentEntry.purpose)
        .subquery()
    )
    last_said = (
        select(
            ConsentEntry.seq,
            ConsentEntry.purpose,
            ConsentEntry.event.label("act"),
            was_replaced().label("was_replaced"),
        )
        .join(last, last.c.seq == ConsentEntry.seq)
        .join(Purpose, Purpose.slug == ConsentEntry.purpose)
        .subquery()
    )
    rows = session().execute(
        select(last_said.c.purpose, last_said.c.act, last_said.c.was_replaced, func.count())
        .group_by(last_said.c.purpose, last_said.c.act, last_said.c.was_replaced)
        .order_by(func.min(last_said.c.seq))
    )
    found: dict[str, Counter[str]] = {}
    for purpose, act, was_replaced_since, number in rows:
        name = _LAST_SAID.get(act, "ended")
        if name == "yes" and was_replaced_since:
            name = "ended"
        found.setdefault(purpose, Counter())[name] += int(number)
    return [
        AnswerCounts(slug, said["yes"], said["no"], said["unanswered"], said["ended"])
        for slug, said in found.items()
    ]


_LAST_SAID: dict[str, str] = {
    **dict.fromkeys(IN_FORCE, "yes"),
    ConsentAction.REFUSED: "no",
    ConsentAction.REQUESTED: "unanswered",
}


def count_in_force(slug: str) -> int:
    """How many people's yes to a purpose would be lost if its text changed in substance."""
    # an index of purposes and acts makes no engine faster: most of its entries are read anyway
    statement = (
        select(func.count())
        .select_from(ConsentEntry)
        .join(Purpose, Purpose.slug == ConsentEntry.purpose)
        .where(
            ConsentEntry.purpose == slug,
            ConsentEntry.event.in_(IN_FORCE),
            ~was_followed(),
            ~was_replaced(),
        )
    )
    return session().scalar(statement) or 0


_NAMES = {
    ConsentAction.REQUESTED: "unanswered",
    ConsentAction.REFUSED: "refused",
    ConsentAction.WITHDRAWN: "withdrawn",
    ConsentAction.EXPIRED: "expired",
    ConsentAction.INVALIDATED: "invalidated",
}


def _where(status: ConsentStatus) -> str:
    """The name of the count that somebody belongs to."""
    if status.act not in IN_FORCE:
        return _NAMES[status.act]
    if status.permits_use:
        return "in_force"
    if status.has_expired:
        return "expired"
    return "replaced" if status.is_replaced else "unconfirmed"

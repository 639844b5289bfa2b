"""Delivery: one round over all mail that is due, through the host's mailer.

A failure with one address does not affect other mails. The domains of a batch take turns; a domain
whose SMTP sessions keep breaking off is skipped until the next round. Only if the mail server
itself is away does the round end early.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select

from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.outbox.attempts import GONE, NEEDLESS, Tried, attempt, is_due
from flask_stadtlabor.outbox.failures import Blame
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.state import session

FAILURES_IN_A_ROW = 3
"""After this many failures the mail server counts as away, and the round ends.

For a domain that breaks off, as many in one round are enough.
"""
BATCH_SIZE = 100
"""How many mails are looked up at once, whose domains take turns."""


class DeliveryReport(NamedTuple):
    """How many mails were sent, will be tried again, were given up, and had nothing to tell."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    needless: int = 0


class Due(NamedTuple):
    """A mail whose turn has come."""

    id: int
    domain: str
    """Where it goes, or nothing where that is not known any more."""
    place: tuple[datetime, int]
    """Its place in the order of all."""


def _never() -> bool:
    return False


def deliver_all(stop: Callable[[], bool] = _never) -> DeliveryReport:
    """Deliver everything that is due, until ``stop()`` says so or the mail server is away.

    Each mail is claimed and committed before it is sent, so that any number of workers can run at
    once; one that is killed in between leaves its mail to the next (S14). It commits the session of
    the current app context, so that nothing unfinished may be in it. It ends, because each mail
    that fails waits for its next try, and those are numbered.
    """
    return _Delivery(stop).deliver(_all_due())


def deliver_due(*, limit: int = BATCH_SIZE, stop: Callable[[], bool] = _never) -> DeliveryReport:
    """As :func:`deliver_all`, but at most ``limit`` mails, the first that are due."""
    return _Delivery(stop).deliver(iter([_due(limit)]))


def next_attempt_at() -> datetime | None:
    """When the next queued mail is due; None when the outbox is empty."""
    found = session().scalar(
        select(func.min(OutboxMail.next_attempt_at)).where(OutboxMail.state == MailState.QUEUED)
    )
    session().rollback()
    return found


def _all_due() -> Iterator[list[Due]]:
    """Batch after batch, each mail at most once before its next try."""
    last = None
    while batch := _due(BATCH_SIZE, last):
        last = batch[-1].place
        yield batch


def _due(limit: int, after: tuple[datetime, int] | None = None) -> list[Due]:
    order = (OutboxMail.next_attempt_at, OutboxMail.id)
    statement = select(OutboxMail.id, OutboxMail.recipient, OutboxMail.next_attempt_at)
    if after is not None:
        moment, mail_id = after
        is_later = OutboxMail.next_attempt_at > moment
        is_next = and_(OutboxMail.next_attempt_at == moment, OutboxMail.id > mail_id)
        statement = statement.where(or_(is_later, is_next))
    rows = session().execute(statement.where(is_due()).order_by(*order).limit(limit))
    found = [Due(row.id, _domain(row.recipient), (row.next_attempt_at, row.id)) for row in rows]
    # no transaction stays open, so that each claim sees what other workers have done since
    session().rollback()
    return found


def _domain(recipient: str | None) -> str:
    return (recipient or "").rpartition("@")[2].lower()


def _by_turns(batch: list[Due]) -> list[Due]:
    """One mail of each domain, then the second of each, so that no domain keeps others waiting."""
    before: Counter[str] = Counter()
    turns = []
    for mail in batch:
        turns.append((before[mail.domain], mail.place, mail))
        before[mail.domain] += 1
    return [mail for _, _, mail in sorted(turns)]


class _Delivery:
    """One round over the outbox, and what it has learned of the mail server on its way."""

    def __init__(self, stop: Callable[[], bool]) -> None:
        self._stop = stop
        self._count: Counter[str] = Counter()
        self._parts = Parts()
        self._away = 0
        """How many in a row met a mail server that was away."""
        self._broken_off: Counter[str] = Counter()
        """How often a conversation about a domain broke off."""

    def deliver(self, batches: Iterator[list[Due]]) -> DeliveryReport:
        """Try each mail of the batches once."""
        for batch in batches:
            for mail in _by_turns(batch):
                if self._stop() or self._away == FAILURES_IN_A_ROW:
                    return self._report()
                if self._broken_off[mail.domain] < FAILURES_IN_A_ROW:
                    self._try(mail)
        return self._report()

    def _report(self) -> DeliveryReport:
        names = (MailState.SENT, MailState.QUEUED, MailState.GIVEN_UP, NEEDLESS)
        report = DeliveryReport(*(self._count[name] for name in names))
        return report._replace(failed=report.failed + self._parts.failed)

    def _try(self, mail: Due) -> None:
        with self._parts.part(f"The delivery of mail {mail.id}"):
            tried = attempt(mail.id)
            if tried is not None:
                self._learn_from(tried, mail.domain)

    def _learn_from(self, tried: Tried, domain: str) -> None:
        self._count[tried.state] += 1
        if tried.blame == Blame.SERVER:
            self._away += 1
        elif tried.state not in (NEEDLESS, GONE):
            self._away = 0
        if tried.blame == Blame.DOMAIN:
            self._broken_off[domain] += 1

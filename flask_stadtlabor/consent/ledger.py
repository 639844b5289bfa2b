"""The consent ledger: the one place that appends to it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import update

from flask_stadtlabor import signals
from flask_stadtlabor.consent import chain
from flask_stadtlabor.consent.head import read_end
from flask_stadtlabor.consent.models import Act, By, ConsentEntry, ConsentHead, ConsentText, Method
from flask_stadtlabor.errors import OutOfService
from flask_stadtlabor.state import now, session, settings
from flask_stadtlabor.transactions import change_rows

logger = logging.getLogger(__name__)


class Line(NamedTuple):
    """What an entry is to tell; the ledger adds number, time and hashes."""

    subject: str
    purpose: str
    text_version: int
    text_sha256: str
    language: str
    act: Act
    actor: By
    method: Method

    @classmethod
    def about(
        cls, text: ConsentText, *, subject: str, purpose: str, act: Act, actor: By, method: Method
    ) -> Line:
        """A line about a text that was shown."""
        return cls(subject, purpose, text.version, text.sha256, text.language, act, actor, method)

    @classmethod
    def after(cls, entry: ConsentEntry, *, act: Act, actor: By, method: Method) -> Line:
        """A line that answers an earlier entry, about the same text."""
        return cls(
            entry.subject,
            entry.purpose,
            entry.text_version,
            entry.text_sha256,
            entry.language,
            act,
            actor,
            method,
        )


class Head(NamedTuple):
    """Where the ledger ends: its last number and hash, and whether their seal fits."""

    seq: int
    hash: str
    is_whole: bool


def lock() -> None:
    """Lock the ledger for this transaction.

    All writers queue here, so it has to be the last lock that a transaction takes, after the
    event row. It is an UPDATE, because SQLite has no other lock for a row and because what
    MariaDB reads after it is not older than the lock.
    """
    session().flush()
    change_rows(update(ConsentHead).where(ConsentHead.id == 1).values(seq=ConsentHead.seq))


def take_head() -> Head:
    """Lock the ledger for this transaction, then read where it ends.

    Raises :class:`~flask_stadtlabor.errors.OutOfService` when the head is missing, or its key is
    not in the settings: to go on would lose the proof of what was written before.
    """
    lock()
    end = read_end(locked=True)
    if end is None:
        raise OutOfService("The consent ledger has no head; run: flask stadtlabor db upgrade")
    try:
        is_whole = end.is_whole()
    except chain.UnknownKey as unknown:
        raise OutOfService(
            f"The consent ledger ends with an entry that was written with {unknown}"
        ) from unknown
    return Head(end.seq, end.hash, is_whole)


def append(lines: Sequence[Line]) -> list[ConsentEntry]:
    """Write ``lines`` behind the last entry, in their order, and seal the new head.

    A head whose seal does not fit stays unsealed: people can go on, and ``verify`` keeps finding
    what happened to it.
    """
    if not lines:
        return []
    head = take_head()
    key = chain.ledger_key()
    entries = []
    seq, last_hash = head.seq, head.hash
    for seq, line in enumerate(lines, head.seq + 1):
        entries.append(_entry(key, seq, last_hash, line))
        last_hash = entries[-1].hash
    session().add_all(entries)
    session().flush()
    if not head.is_whole:
        logger.error("The consent ledger is damaged; run: flask stadtlabor consent verify")
    change_rows(
        update(ConsentHead)
        .where(ConsentHead.id == 1)
        .values(
            seq=seq,
            hash=last_hash,
            seal=chain.head_seal(key, seq, last_hash) if head.is_whole else "",
            key_id=settings().ledger_key_id,
        )
    )
    for entry in entries:
        signals.send(signals.consent_recorded, entry=entry)
    return entries


def _entry(key: bytes, seq: int, previous_hash: str, line: Line) -> ConsentEntry:
    values = {
        "seq": seq,
        "subject": line.subject,
        "purpose": line.purpose,
        "text_version": line.text_version,
        "text_sha256": line.text_sha256,
        "language": line.language,
        "event": line.act.value,
        "at": now(),
        "actor": line.actor.value,
        "method": line.method.value,
        "key_id": settings().ledger_key_id,
    }
    return ConsentEntry(
        **values,
        previous_hash=previous_hash,
        hash=chain.entry_hash(key, previous_hash, values),
    )

"""The consent ledger: the one place that appends to it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, update

from flask_stadtlabor import signals
from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.ledger.head import EMPTY_UNSEALED, lock_end
from flask_stadtlabor.consent.models import (
    NO_PURPOSE,
    ActorKind,
    ConsentAction,
    ConsentEntry,
    ConsentHead,
    ConsentSubject,
    ConsentText,
    Method,
)
from flask_stadtlabor.exceptions import OutOfService
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
    act: ConsentAction
    actor: ActorKind
    method: Method

    @classmethod
    def about(
        cls,
        text: ConsentText,
        *,
        subject: str,
        purpose: str,
        act: ConsentAction,
        actor: ActorKind,
        method: Method,
    ) -> Line:
        """A line about a text that was shown."""
        return cls(subject, purpose, text.version, text.sha256, text.language, act, actor, method)

    @classmethod
    def after(
        cls, entry: ConsentEntry, *, act: ConsentAction, actor: ActorKind, method: Method
    ) -> Line:
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

    @classmethod
    def confirming(cls, subject: str, *, actor: ActorKind, method: Method) -> Line:
        """A line about the person alone: their address is confirmed."""
        return cls(subject, NO_PURPOSE, 0, "", "", ConsentAction.CONFIRMED, actor, method)


class Head(NamedTuple):
    """Where the ledger ends: its last number and hash, and whether their seal fits."""

    seq: int
    hash: str
    is_whole: bool


def take_head() -> Head:
    """Lock the ledger for this transaction, then read where it ends.

    Raises :class:`~.exceptions.OutOfService` when the head is missing, its key is not
    in the settings, or a first entry would follow on a strange seal: to go on would lose the proof
    of what was written before.
    """
    end = lock_end()
    if end is None:
        raise OutOfService(
            "The consent ledger has no head: somebody deleted it. Restore the row of "
            "stadtlabor_consent_head from a backup, and run: flask stadtlabor consent verify"
        )
    try:
        is_whole = end.is_whole()
    except chain.UnknownKey as unknown:
        raise OutOfService(
            f"The consent ledger ends with an entry that was written with {unknown}"
        ) from unknown
    if end.seq == 0 and not is_whole:
        raise OutOfService(EMPTY_UNSEALED)
    return Head(end.seq, end.hash, is_whole)


def append(lines: Sequence[Line], *, opening: ConsentSubject | None = None) -> list[ConsentEntry]:
    """Write ``lines`` behind the last entry, in their order, and seal the new head.

    Each subject's row then says how many entries there are about it. ``opening`` is the row of a
    new subject that all the lines are about, written with them. A head whose seal does not fit
    stays unsealed: people can go on, and ``verify`` keeps finding what happened to it.
    """
    if opening is not None:
        opening.entries = opening.last_seq = 0
    if not lines:
        _open(opening)
        return []
    head = take_head()
    key = chain.ledger_key()
    entries = []
    seq, last_hash = head.seq, head.hash
    for seq, line in enumerate(lines, head.seq + 1):
        entries.append(_entry(key, seq, last_hash, line))
        last_hash = entries[-1].hash
    if opening is not None:
        opening.entries, opening.last_seq = len(entries), seq
    session().add_all(entries)
    _open(opening)
    if not head.is_whole:
        logger.error("The consent ledger is damaged; run: flask stadtlabor consent verify")
    end = {
        "new_seq": seq,
        "new_hash": last_hash,
        "new_seal": chain.head_seal(key, seq, last_hash) if head.is_whole else "",
        "new_key_id": settings().ledger_key_id,
    }
    change_rows(_END.values(_beginning(key)) if head.seq == 0 else _END, end)
    if opening is None:
        _count(entries)
    for entry in entries:
        signals.send(signals.consent_recorded, entry=entry)
    return entries


_END = (
    update(ConsentHead)
    .where(ConsentHead.id == 1)
    .values({name: bindparam(f"new_{name}") for name in ("seq", "hash", "seal", "key_id")})
)
"""Have the head say where the ledger ends now."""


def _beginning(key: bytes) -> dict[str, object]:
    """The head at the first entry: it was sealed earlier, perhaps with another key."""
    return {"confirmations_after": 0, "confirmations_seal": chain.beginning_seal(key, 0)}


def _open(subject: ConsentSubject | None) -> None:
    if subject is not None:
        session().add(subject)
    session().flush()


def _count(entries: Sequence[ConsentEntry]) -> None:
    """Have each subject's row say how many entries there are about it, and which is the last."""
    numbers: dict[str, list[int]] = {}
    for entry in entries:
        numbers.setdefault(entry.subject, []).append(entry.seq)
    table = ConsentSubject.__table__
    session().connection().execute(
        update(ConsentSubject)
        .where(table.c.reference == bindparam("who"))
        .values(entries=table.c.entries + bindparam("more"), last_seq=bindparam("last")),
        [{"who": who, "more": len(found), "last": found[-1]} for who, found in numbers.items()],
    )


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

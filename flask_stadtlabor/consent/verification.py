"""Walking the ledger from its first entry to its head, to find what was changed (C9).

Entries are read page by page, so that the memory needed stays the same however long the ledger
is, and no cursor stays open that would keep writers of an SQLite file waiting.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from flask_stadtlabor.consent import chain
from flask_stadtlabor.consent.models import ConsentEntry, ConsentHead, ConsentText, Purpose
from flask_stadtlabor.state import session, settings

AnyRow = Row[*tuple[Any, ...]]

ENTRIES_AT_ONCE = 1000
TEXTS_AT_ONCE = 20


class Broken(NamedTuple):
    """The first thing that is wrong."""

    seq: int | None
    """The entry's number; None where a text or the head is concerned and no entry."""
    reason: str
    """A sentence that names the entry or text."""


class Verification(NamedTuple):
    """What :func:`verify` found."""

    entries: int
    """How many entries were found whole."""
    broken: Broken | None


class _Text(NamedTuple):
    """A text's hash as recorded, and whether its body still has it."""

    sha256: str
    is_whole: bool


_Texts = dict[tuple[str, int, str], _Text]


def verify() -> Verification:
    """Recompute every hash of the ledger and of the texts, and compare the end with the head.

    Finds entries that were changed, removed, moved or added, a tail that was cut off, texts that
    were changed or removed, and a wrong key. Entries written meanwhile do not disturb it.
    """
    key = chain.ledger_key()
    # the head first: what it names was written before, whatever is appended meanwhile
    head = (
        session()
        .execute(
            select(ConsentHead.seq, ConsentHead.hash, ConsentHead.seal).where(ConsentHead.id == 1)
        )
        .one_or_none()
    )
    if head is None:
        return Verification(0, Broken(None, "The ledger has no head."))
    head_is_whole = chain.head_fits(key, head.seq, head.hash, head.seal)
    texts = _read_texts()
    walk = _Walk(key, texts, head_is_whole)
    for row in _in_pages(
        _ENTRIES.where(ConsentEntry.seq <= head.seq), ConsentEntry.seq, ENTRIES_AT_ONCE
    ):
        reason = walk.step(row)
        if reason is not None:
            return Verification(walk.seq, reason)
    return Verification(walk.seq, _check_end(walk, head, head_is_whole) or _check_texts(texts))


class _Walk:
    """The state of the walk: the number and hash of the last whole entry."""

    def __init__(self, key: bytes, texts: _Texts, head_is_whole: bool) -> None:
        self.seq = 0
        self.hash = chain.ZEROS
        self._key = key
        self._key_id = settings().ledger_key_id
        self._texts = texts
        self._head_is_whole = head_is_whole

    def step(self, row: AnyRow) -> Broken | None:
        """Check the next entry; go on to it when it is whole."""
        expected = self.seq + 1
        if row.seq > expected:
            return Broken(expected, f"Entry {expected} is missing; entry {row.seq} comes next.")
        if row.seq < expected:
            return Broken(row.seq, f"Entry {row.seq} was put in front of the first one.")
        reason = self._fault_of(row)
        if reason is not None:
            return Broken(row.seq, f"Entry {row.seq} {reason}")
        self.seq, self.hash = row.seq, row.hash
        return None

    def _fault_of(self, row: AnyRow) -> str | None:
        if row.key_id != self._key_id:
            return (
                f"was written with the key {row.key_id!r}, but STADTLABOR_LEDGER_KEY_ID "
                f"is {self._key_id!r}."
            )
        found = chain.entry_hash(self._key, row.previous_hash, row._asdict())
        if not hmac.compare_digest(found.encode(), row.hash.encode()):
            if self.seq == 0 and not self._head_is_whole:
                return (
                    "does not fit its hash, nor does the head: STADTLABOR_LEDGER_KEY (or the "
                    "SECRET_KEY that it is derived from) is not the one that the ledger was "
                    "written with, or both were changed."
                )
            return "does not fit its hash: it was changed, or moved from another place."
        if row.previous_hash != self.hash:
            return "does not follow on the entry before it."
        return self._fault_of_text(row)

    def _fault_of_text(self, row: AnyRow) -> str | None:
        text = self._texts.get((row.purpose, row.text_version, row.language))
        name = _text_name(row.purpose, row.text_version, row.language)
        if text is None:
            return f"names {name}, which is missing."
        if not text.is_whole or text.sha256 != row.text_sha256:
            return f"names {name}, which was changed."
        return None


def _check_end(walk: _Walk, head: AnyRow, head_is_whole: bool) -> Broken | None:
    """Compare the last entry with the head, and look behind it."""
    if walk.seq < head.seq:
        cut = walk.seq + 1
        return Broken(cut, f"Entry {cut} is missing; the head names {head.seq} entries.")
    if not head_is_whole:
        return Broken(None, f"The seal of the head, which names {head.seq} entries, does not fit.")
    if walk.hash != head.hash:
        return Broken(head.seq, f"Entry {head.seq} is not the last one that the head names.")
    # one statement, so that an entry is never seen without its head
    current = select(ConsentHead.seq).where(ConsentHead.id == 1).scalar_subquery()
    behind = session().scalar(select(func.min(ConsentEntry.seq)).where(ConsentEntry.seq > current))
    if behind is not None:
        return Broken(behind, f"Entry {behind} stands behind the end that the head names.")
    return None


def _check_texts(texts: _Texts) -> Broken | None:
    """Texts that no entry names yet count too."""
    for name, text in texts.items():
        if not text.is_whole:
            sentence = f"{_text_name(*name)} was changed."
            return Broken(None, sentence[0].upper() + sentence[1:])
    return None


def _text_name(purpose: str, version: int, language: str) -> str:
    return f"the text of {purpose!r}, version {version}, language {language!r}"


def _read_texts() -> _Texts:
    statement = select(
        ConsentText.id,
        Purpose.slug,
        ConsentText.version,
        ConsentText.language,
        ConsentText.sha256,
        ConsentText.body,
    ).join(Purpose, Purpose.id == ConsentText.purpose_id)
    return {
        (row.slug, row.version, row.language): _Text(
            row.sha256, chain.text_hash(row.body) == row.sha256
        )
        for row in _in_pages(statement, ConsentText.id, TEXTS_AT_ONCE)
    }


_ENTRIES = select(
    *(getattr(ConsentEntry, name) for name in chain.FIELDS),
    ConsentEntry.previous_hash,
    ConsentEntry.hash,
)


def _in_pages(
    statement: Select[*tuple[Any, ...]], key: InstrumentedAttribute[int], size: int
) -> Iterator[AnyRow]:
    """All rows in the order of ``key``, the statement's first column, ``size`` at a time."""
    page = statement.order_by(key).limit(size)
    rows = session().execute(page).all()
    while rows:
        yield from rows
        rows = session().execute(page.where(key > rows[-1][0])).all() if len(rows) == size else []

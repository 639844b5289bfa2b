"""Verifying the ledger in the database, from its first entry to its head (C9).

Entries are read page by page, so that the memory needed stays the same however long the ledger
is, and no cursor stays open that would keep writers of an SQLite file waiting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import DateTime, Select, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from flask_stadtlabor.consent.ledger.chain_verifier import (
    COLUMNS,
    Anchor,
    Broken,
    ChainVerifier,
    Entry,
    KnownText,
    Texts,
    Verification,
    key_of,
)
from flask_stadtlabor.consent.ledger.evidence import missing_evidence
from flask_stadtlabor.consent.ledger.head import read_end
from flask_stadtlabor.consent.ledger.text_proof import published_texts
from flask_stadtlabor.consent.models import ConsentEntry, ConsentHead
from flask_stadtlabor.db import AnyRow
from flask_stadtlabor.state import session

BATCH_SIZE = 1000


def verify(anchors: Sequence[Anchor] = ()) -> Verification:
    """Recompute every hash of the ledger and of the texts; see :meth:`~.ChainVerifier.run`.

    Then compare the ledger with what else is kept about consent. ``anchors`` come from another
    place. Entries written meanwhile do not disturb it.
    """
    # the head first: what it names was written before, whatever is appended meanwhile
    end = read_end()
    if end is None:
        return Verification(0, Broken(None, "The ledger has no head."))
    found = ChainVerifier(end, read_texts(), anchors).run(read_entries(end.seq))
    if found.broken:
        return found
    return Verification(found.entries, _behind_the_end() or missing_evidence())


def read_texts() -> Texts:
    """All texts ever published, each compared with its hash and its seal."""
    return {
        key_of(text.claim): KnownText(text.sha256, text.fault)
        for text in published_texts(session().connection())
    }


def read_entries(last: int) -> Iterator[Entry]:
    """All entries up to the number ``last``."""
    statement = _ENTRIES.where(ConsentEntry.seq <= last)
    for seq, subject, at, *rest in _in_pages(statement, ConsentEntry.seq, BATCH_SIZE):
        # kept in UTC without a zone; a fraction, which nobody writes, shows and does not fit
        yield (seq, subject, f"{at.isoformat()}Z", *rest)


def _behind_the_end() -> Broken | None:
    # one statement, so that an entry is never seen without its head
    current = select(ConsentHead.seq).where(ConsentHead.id == 1).scalar_subquery()
    behind = session().scalar(select(func.min(ConsentEntry.seq)).where(ConsentEntry.seq > current))
    if behind is None:
        return None
    return Broken(behind, f"Entry {behind} stands behind the end that the head names.")


_ENTRIES = select(
    *(
        type_coerce(ConsentEntry.at, DateTime) if name == "at" else getattr(ConsentEntry, name)
        for name in COLUMNS
    )
)


def _in_pages(
    statement: Select[*tuple[Any, ...]], key: InstrumentedAttribute[int], size: int
) -> Iterator[AnyRow]:
    """All rows in the order of ``key``, the statement's first column, ``size`` at a time."""
    page = statement.order_by(key).limit(size)
    # plain rows of the connection, since none is an object of ours
    connection = session().connection()
    rows = connection.execute(page).all()
    while rows:
        yield from rows
        rows = connection.execute(page.where(key > rows[-1][0])).all() if len(rows) == size else []

"""Compares the ledger with other tables that prove that an entry must exist (C14).

If somebody truncates the ledger without its key, other rows still refer to the missing entries: the
number of entries about each person, take-down tasks, expiry dates, the texts in force. Each table
is read a page at a time, with one statement for each page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Select, Subquery, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.ledger.chain_verifier import Broken
from flask_stadtlabor.consent.models import (
    IN_FORCE,
    NO_PURPOSE,
    ConsentAction,
    ConsentEntry,
    ConsentExpiry,
    ConsentHead,
    ConsentSubject,
    ConsentText,
    Purpose,
    TakeDownTask,
)
from flask_stadtlabor.db import AnyRow
from flask_stadtlabor.state import session

BATCH_SIZE = 1000
Rows = Iterator[AnyRow]


def missing_evidence() -> Broken | None:
    """The first entry that must exist and is missing; None if there is none."""
    checks = (_purposes, _confirmations, _subjects, _tasks, _expiries)
    return next((fault for check in checks for fault in check()), None)


def pages_of(
    statement: Callable[[Subquery], Select[*tuple[Any, ...]]],
    key: InstrumentedAttribute[Any],
    *columns: InstrumentedAttribute[Any],
    lowest: Any,
) -> Rows:
    """The rows of ``statement``, which is made for a page of a table with these columns.

    Its first column is ``key``, in whose order the pages come; ``lowest`` is below every key.
    """
    connection = session().connection()
    last = lowest
    while True:
        page = select(key, *columns).where(key > last).order_by(key).limit(BATCH_SIZE).subquery()
        rows = connection.execute(statement(page)).all()
        yield from rows
        if not rows:
            return
        last = max(row[0] for row in rows)


def _subjects() -> Iterator[Broken]:
    after = session().scalar(select(ConsentHead.confirmations_after)) or 0
    for reference, entries, last, confirmed_at, found, first, end, confirmed in pages_of(
        _entries_of_subjects,
        ConsentSubject.reference,
        ConsentSubject.entries,
        ConsentSubject.last_seq,
        ConsentSubject.confirmed_at,
        lowest="",
    ):
        if (found, end or 0) != (entries, last):
            yield Broken(
                last if last > (end or 0) else None,
                f"About {reference}, {_written(entries, last)}, and {_there(found, end)}.",
            )
        elif confirmed_at is not None and found and not confirmed and first > after:
            yield Broken(
                None, f"{reference} is marked as confirmed, and no entry tells of a confirmation."
            )
        elif confirmed_at is None and confirmed:
            yield Broken(None, f"{reference} is marked as not confirmed, and an entry tells of it.")


def _written(entries: int, last: int) -> str:
    if not entries:
        return "no entry was written"
    return f"{_entries(entries)} written, the last of them as number {last}"


def _there(found: int, last: int | None) -> str:
    if not found:
        return "none is in the ledger"
    return f"{'1 is' if found == 1 else f'{found} are'} in the ledger, the last as number {last}"


def _entries(count: int) -> str:
    return "1 entry was" if count == 1 else f"{count} entries were"


def _entries_of_subjects(page: Subquery) -> Select[*tuple[Any, ...]]:
    entry = ConsentEntry
    return (
        select(
            *page.c,
            func.count(entry.seq),
            func.min(entry.seq),
            func.max(entry.seq),
            func.count(case((entry.purpose == NO_PURPOSE, 1))),
        )
        .outerjoin(entry, entry.subject == page.c.reference)
        .group_by(*page.c)
    )


def _tasks() -> Iterator[Broken]:
    for number, subject, purpose, ended, tasks in pages_of(
        _ends_of_tasks, TakeDownTask.id, TakeDownTask.subject, TakeDownTask.purpose, lowest=0
    ):
        if ended < tasks:
            yield Broken(
                None,
                f"Take-down task {number} was written when {subject} withdrew {purpose!r}, or that "
                "expired, and no entry tells of it.",
            )


def _ends_of_tasks(page: Subquery) -> Select[*tuple[Any, ...]]:
    """Each task, how many ends of that consent there are, and for how many tasks up to it."""
    entry, earlier = ConsentEntry, aliased(TakeDownTask)
    ends = select(func.count()).where(
        entry.subject == page.c.subject,
        entry.purpose == page.c.purpose,
        entry.event.in_((ConsentAction.WITHDRAWN, ConsentAction.EXPIRED)),
    )
    tasks = select(func.count()).where(
        earlier.subject == page.c.subject,
        earlier.purpose == page.c.purpose,
        earlier.id <= page.c.id,
    )
    return select(*page.c, ends.scalar_subquery(), tasks.scalar_subquery())


def _expiries() -> Iterator[Broken]:
    for seq, act in pages_of(_yes_of_expiries, ConsentExpiry.seq, lowest=0):
        if act not in IN_FORCE:
            yield Broken(
                seq, f"Entry {seq} is noted as a yes that ends some day, and the ledger has none."
            )


def _yes_of_expiries(page: Subquery) -> Select[*tuple[Any, ...]]:
    joined = ConsentEntry.seq == page.c.seq
    return select(page.c.seq, ConsentEntry.event).outerjoin(ConsentEntry, joined)


def _purposes() -> Iterator[Broken]:
    """Which text is in force, and what it asks, is kept beside the texts, which nobody changes."""
    rows = session().execute(
        select(
            Purpose.slug,
            Purpose.version,
            Purpose.mode,
            Purpose.asked_version,
            ConsentText.version,
            ConsentText.mode,
        )
        .outerjoin(ConsentText, ConsentText.purpose_id == Purpose.id)
        .order_by(Purpose.id, ConsentText.version)
    )
    purposes: dict[str, tuple[tuple[Any, ...], dict[int, str]]] = {}
    for slug, *kept, version, mode in rows:
        _, published = purposes.setdefault(slug, (tuple(kept), {}))
        if version is not None:
            published[version] = mode
    for slug, ((version, mode, asked_version), published) in purposes.items():
        fault = _fault_of_purpose(version, mode, asked_version, published)
        if fault is not None:
            yield Broken(None, f"The purpose {slug!r} {fault}.")


def _fault_of_purpose(
    version: int, mode: str, asked_version: int, published: dict[int, str]
) -> str | None:
    newest = max(published, default=0)
    gap = next((number for number in range(1, newest) if number not in published), None)
    if gap is not None or not newest:
        return f"has no text of version {gap or version}"
    if version != newest:
        return f"names version {version} as the one in force, and the newest text is {newest}"
    if mode != published[newest]:
        return f"is of mode {mode!r}, and its text of mode {published[newest]!r}"
    if asked_version > newest:
        return f"says that people were asked about version {asked_version}, which there is not"
    return None


def _confirmations() -> Iterator[Broken]:
    """From where on each confirmation is an entry, which the migration sealed."""
    after, seal = (
        session().execute(select(ConsentHead.confirmations_after, ConsentHead.confirmations_seal))
    ).one()
    seals = [chain.beginning_seal(key, after) for key in chain.known_keys()]
    if not chain.fits(seal, *seals):
        yield Broken(
            None,
            f"The head says that confirmations are entries from number {after + 1} on, and the "
            "seal of that does not fit.",
        )

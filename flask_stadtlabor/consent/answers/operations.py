"""Operations on consent: recording answers, withdrawal, expiry.

Each operation that writes to the ledger locks its head, which must be the last lock of a
transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from flask_stadtlabor import signals
from flask_stadtlabor.consent.answers.expiry import remind
from flask_stadtlabor.consent.answers.status import expiry
from flask_stadtlabor.consent.ledger import append
from flask_stadtlabor.consent.ledger.append import Line
from flask_stadtlabor.consent.ledger.head import lock_end
from flask_stadtlabor.consent.models import (
    IN_FORCE,
    NO_PURPOSE,
    ActorKind,
    ConsentAction,
    ConsentEntry,
    ConsentSubject,
    ConsentText,
    Method,
    Mode,
    TakeDownTask,
)
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows

NO = (ConsentAction.REFUSED, ConsentAction.WITHDRAWN)
"""The acts by which somebody says no."""
Answer = tuple[ConsentText, str, ConsentAction]
"""The text as shown, its purpose's slug, and what the person did."""


def new_reference() -> str:
    """A new pseudonym for somebody, which :func:`open_subject` writes down."""
    return secrets.token_hex(16)


def open_subject(
    reference: str,
    context: str,
    asked: Sequence[tuple[ConsentText, str]] = (),
    answers: Sequence[Answer] = (),
    *,
    actor: ActorKind,
    method: Method,
    confirmed_by: ActorKind | None = None,
) -> None:
    """Write down a new pseudonym with what a form asked and what was answered, all at once.

    ``context`` is what the person takes part in (an event's uid). ``confirmed_by`` says who
    registers without a confirmation mail (staff or system); None means that the address is still to
    be confirmed. Raises ``ValueError`` as :func:`record` does.
    """
    subject = ConsentSubject(reference=reference, context=context)
    if confirmed_by is not None:
        subject.confirmed_at = now()
    by_whom = [*_questions(asked), *((answer, actor) for answer in answers)]
    _write(reference, by_whom, method, opening=subject, confirmed_by=confirmed_by)


def confirm_subject(subject: str, *, actor: ActorKind, method: Method) -> None:
    """The person's address is confirmed: from now on their consents permit use.

    For somebody who was asked for consent this adds an entry (C14); others have no ledger entry.
    Does nothing the second time. Raises ``LookupError`` for an unknown subject.
    """
    found = _standing(subject)
    if found is None:
        raise LookupError(subject)
    if found.confirmed_at is not None:
        return
    if found.entries:
        append.append([Line.confirming(subject, actor=actor, method=method)])
    row = update(ConsentSubject).where(ConsentSubject.reference == subject)
    change_rows(row.values(confirmed_at=now()))


def record(
    subject: str, answers: Sequence[Answer], *, actor: ActorKind, method: Method
) -> list[ConsentEntry]:
    """Write what was answered into the ledger, all at once.

    Raises ``ValueError`` for a text that only informs: nobody consents to a notice (C1, C4).
    """
    return _write(subject, [(answer, actor) for answer in answers], method)


def record_form(
    subject: str,
    asked: Sequence[tuple[ConsentText, str]],
    answers: Sequence[Answer],
    *,
    actor: ActorKind,
    method: Method,
) -> list[ConsentEntry]:
    """Write what a form asked, and behind it what was answered, all at once.

    Raises ``ValueError`` as :func:`record` does.
    """
    by_whom = [*_questions(asked), *((answer, actor) for answer in answers)]
    return _write(subject, by_whom, method)


def _questions(asked: Sequence[tuple[ConsentText, str]]) -> list[tuple[Answer, ActorKind]]:
    return [((text, purpose, ConsentAction.REQUESTED), ActorKind.SYSTEM) for text, purpose in asked]


def _write(
    subject: str,
    acts: Sequence[tuple[Answer, ActorKind]],
    method: Method,
    *,
    opening: ConsentSubject | None = None,
    confirmed_by: ActorKind | None = None,
) -> list[ConsentEntry]:
    """Write what was asked and answered, and behind it a confirmation that no entry tells of yet.

    Somebody who was asked nothing at first may have confirmed their address before they were.
    """
    for (text, purpose, _), _ in acts:
        _must_ask(text, purpose)
    lines = [
        Line.about(text, subject=subject, purpose=purpose, act=act, actor=actor, method=method)
        for (text, purpose, act), actor in acts
    ]
    if lines and opening is None and _is_confirmed_silently(subject):
        confirmed_by = ActorKind.SYSTEM
    if lines and confirmed_by is not None:
        lines.append(Line.confirming(subject, actor=confirmed_by, method=method))
    entries = append.append(lines, opening=opening)[: len(acts)]
    for entry, ((text, _, _), _) in zip(entries, acts, strict=True):
        if text.valid_days is not None:
            remind(entry, text.valid_days)
    return entries


class _Standing(NamedTuple):
    """What the row of a subject says."""

    confirmed_at: datetime | None
    entries: int


def _standing(subject: str) -> _Standing | None:
    """The row as it is now, and as it stays until the commit; None for an unknown subject."""
    row = session().execute(
        select(ConsentSubject.confirmed_at, ConsentSubject.entries)
        .where(ConsentSubject.reference == subject)
        .with_for_update()
    )
    found = row.one_or_none()
    return None if found is None else _Standing(*found)


def _is_confirmed(subject: str) -> bool:
    found = _standing(subject)
    return found is not None and found.confirmed_at is not None


def _is_confirmed_silently(subject: str) -> bool:
    """Whether the address was confirmed before anybody asked anything."""
    found = _standing(subject)
    return found is not None and found.confirmed_at is not None and not found.entries


def ask_again(asked: Sequence[tuple[str, str, ConsentText]], *, method: Method) -> None:
    """Write down that these subjects are asked about these purposes' new texts."""
    append.append(
        [
            Line.about(
                text,
                subject=subject,
                purpose=purpose,
                act=ConsentAction.REQUESTED,
                actor=ActorKind.SYSTEM,
                method=method,
            )
            for subject, purpose, text in asked
        ]
    )


class AnsweredSince(Exception):
    """Somebody said no after the page was drawn on which they, or staff, now say yes (C15)."""


def answer(
    subject: str,
    purpose: str,
    text: ConsentText,
    *,
    says_yes: bool,
    seen: int,
    actor: ActorKind,
    method: Method,
) -> bool:
    """Write down what somebody answers later, effective at once; False where that is known already.

    A yes after one that no longer counts is ``renewed``. A no to a new text takes back the yes to
    the old one first, with all that belongs to a withdrawal, because what that yes allowed may
    still be seen somewhere. ``seen`` is the number of the latest answer that the page knew of:
    raises :class:`AnsweredSince` for a yes that knew nothing of a later no. Raises ``ValueError``
    for a text that asks for no consent.
    """
    _must_ask(text, purpose)
    before = _answers_of(subject).get(purpose)
    if says_yes and before is not None and before.event in NO and before.seq > seen:
        raise AnsweredSince
    said_yes = before is not None and before.event in IN_FORCE
    if before is not None and _is_known(before, text, says_yes):
        return False
    if says_yes:
        had_yes = before is not None and before.event in (*IN_FORCE, ConsentAction.EXPIRED)
        act = ConsentAction.RENEWED if had_yes else ConsentAction.GIVEN
    else:
        act = ConsentAction.REFUSED
        if before is not None and said_yes:
            _take_back(before, actor, method)
    record(subject, [(text, purpose, act)], actor=actor, method=method)
    return True


def correct(subject: str, answers: Sequence[Answer], *, actor: ActorKind, method: Method) -> None:
    """Write down what somebody says before anything that they said counts.

    An answer that stands already is not written again. There is no task for staff where nothing was
    allowed yet; a yes of a confirmed person is withdrawn first. Raises ``ValueError`` as
    :func:`record` does.
    """
    if not answers:
        return
    is_confirmed = _is_confirmed(subject)
    before = _answers_of(subject)
    new = [
        (text, purpose, act)
        for text, purpose, act in answers
        if purpose not in before or not _is_known(before[purpose], text, act == ConsentAction.GIVEN)
    ]
    for _, purpose, act in new:
        said_yes = purpose in before and before[purpose].event in IN_FORCE
        if is_confirmed and said_yes and act == ConsentAction.REFUSED:
            _take_back(before[purpose], actor, method)
    record(subject, new, actor=actor, method=method)


def withdraw(subject: str, purpose: str, *, actor: ActorKind, method: Method) -> bool:
    """Take a consent back, effective at once, with a task for staff and a signal (C10).

    Returns False, and does nothing, when there is no consent to take back. One that is not
    confirmed yet, or that no longer counts because its text was replaced, can be taken back too.
    """
    given = _given(subject).get(purpose)
    if given is None:
        return False
    _take_back(given, actor, method)
    return True


def withdraw_all(subject: str, *, actor: ActorKind, method: Method) -> int:
    """Take back every consent of ``subject``, as :func:`withdraw` does; returns how many.

    By what the ledger says under its lock: somebody else may have written a yes a moment ago.
    """
    given = _given(subject)
    for entry in given.values():
        _take_back(entry, actor, method)
    return len(given)


def end_all(subject: str, *, actor: ActorKind, method: Method) -> None:
    """End every consent of ``subject``: withdraw what counts, void what was never confirmed."""
    if _is_confirmed(subject):
        withdraw_all(subject, actor=actor, method=method)
    else:
        invalidate(subject)


def invalidate(subject: str) -> list[ConsentEntry]:
    """Void every consent of ``subject`` if their address was never confirmed; others stay."""
    if _is_confirmed(subject):
        return []
    return append.append(
        [
            Line.after(
                entry, act=ConsentAction.INVALIDATED, actor=ActorKind.SYSTEM, method=Method.WEB
            )
            for entry in _given(subject).values()
        ]
    )


def _must_ask(text: ConsentText, purpose: str) -> None:
    if text.mode != Mode.CONSENT:
        raise ValueError(f"{purpose!r} is a text of mode {text.mode}: it asks for no consent.")


def _take_back(given: ConsentEntry, actor: ActorKind, method: Method) -> None:
    (entry,) = append.append(
        [Line.after(given, act=ConsentAction.WITHDRAWN, actor=actor, method=method)]
    )
    task = TakeDownTask(subject=given.subject, purpose=given.purpose, created_at=now())
    session().add(task)
    session().flush()
    signals.send(signals.consent_withdrawn, entry=entry, task=task)


def _is_known(before: ConsentEntry, text: ConsentText, says_yes: bool) -> bool:
    """Whether the latest answer was the same, to this very text, and is still good."""
    if before.text_version != text.version:
        return False
    if not says_yes:
        return before.event == ConsentAction.REFUSED
    ends_at = expiry(before, text.valid_days)
    return before.event in IN_FORCE and (ends_at is None or now() < ends_at)


def _given(subject: str) -> dict[str, ConsentEntry]:
    """The entries by which ``subject`` says yes, by their purpose."""
    answers = _answers_of(subject)
    return {slug: entry for slug, entry in answers.items() if entry.event in IN_FORCE}


def _answers_of(subject: str) -> dict[str, ConsentEntry]:
    """The latest entry of each purpose that is more than a question.

    Locks the ledger first, so that of two withdrawals at once the second finds nothing to do, and
    reads without a subquery, which MariaDB would answer as of the transaction's beginning. Whoever
    then has nothing to write needs no key of the ledger.
    """
    lock_end()
    entries = session().scalars(
        select(ConsentEntry)
        .where(
            ConsentEntry.subject == subject,
            ConsentEntry.purpose != NO_PURPOSE,
            ConsentEntry.event != ConsentAction.REQUESTED,
        )
        .order_by(ConsentEntry.seq)
        .with_for_update()
    )
    return {entry.purpose: entry for entry in entries}

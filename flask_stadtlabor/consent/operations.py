"""What changes consent: publishing texts, recording answers, withdrawing.

Each operation that writes to the ledger locks its head, which must be the last lock of a
transaction.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from flask_stadtlabor import signals
from flask_stadtlabor.consent import ledger
from flask_stadtlabor.consent.chain import text_hash
from flask_stadtlabor.consent.ledger import Line
from flask_stadtlabor.consent.models import (
    Act,
    By,
    ConsentEntry,
    ConsentSubject,
    ConsentText,
    Controller,
    Method,
    Mode,
    Purpose,
    TakeDownTask,
)
from flask_stadtlabor.consent.processing import Processing
from flask_stadtlabor.consent.queries import IN_FORCE
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.revision import content_changed
from flask_stadtlabor.state import now, session

Answer = tuple[ConsentText, str, Act]
"""The text as shown, its purpose's slug, and what the person did."""


def publish_text(
    *,
    slug: str,
    mode: str,
    title: LocalizedText,
    text: LocalizedText,
    controller: Controller | None = None,
    valid_days: int | None = None,
    processing: Processing | None = None,
    editorial: bool = False,
    published_by: str,
) -> bool:
    """Publish a purpose's text; a new version only where something differs from the last one.

    A new version is material, so that older consent does not carry over, unless it is
    ``editorial``; one that changes the mode is material always. ``published_by`` names the person
    or command. Returns whether a version was published.
    """
    mode = Mode(mode)
    shared = {
        "title": title,
        "controller": controller,
        "valid_days": valid_days,
        "processing": processing,
    }
    bodies = {code: _normal(body) for code, body in text.items()} or {LocalizedText.ANY: ""}
    purpose = session().scalar(select(Purpose).where(Purpose.slug == slug).with_for_update())
    if purpose is None:
        purpose = Purpose(slug=slug, mode=mode, version=1)
        session().add(purpose)
        is_material = True
    else:
        if _is_unchanged(purpose, mode, bodies, shared):
            return False
        is_material = not editorial or purpose.mode != mode
        purpose.mode = mode
        purpose.version += 1
    session().flush()
    session().add_all(
        ConsentText(
            purpose_id=purpose.id,
            version=purpose.version,
            language=code,
            mode=mode,
            body=body,
            sha256=text_hash(body),
            **shared,
            material=is_material,
            published_at=now(),
            published_by=published_by,
        )
        for code, body in bodies.items()
    )
    session().flush()
    content_changed()
    return True


def open_subject(context: str) -> str:
    """A new pseudonym for somebody who takes part in ``context`` (an event's uid)."""
    reference = secrets.token_hex(16)
    session().add(ConsentSubject(reference=reference, context=context))
    session().flush()
    return reference


def confirm_subject(subject: str) -> None:
    """The person's address is confirmed: from now on their consents permit use.

    Does nothing the second time. Raises ``LookupError`` for an unknown subject.
    """
    row = session().get(ConsentSubject, subject)
    if row is None:
        raise LookupError(subject)
    row.confirmed_at = row.confirmed_at or now()
    session().flush()


def record(
    subject: str, answers: Sequence[Answer], *, actor: By, method: Method
) -> list[ConsentEntry]:
    """Write what was asked and answered into the ledger, all at once.

    Raises ``ValueError`` for a text that only informs: nobody consents to a notice (C1, C4).
    """
    for text, purpose, _ in answers:
        if text.mode != Mode.CONSENT:
            raise ValueError(f"{purpose!r} is a text of mode {text.mode}: it asks for no consent.")
    return _append(
        [
            Line.about(text, subject=subject, purpose=purpose, act=act, actor=actor, method=method)
            for text, purpose, act in answers
        ]
    )


def withdraw(subject: str, purpose: str, *, actor: By, method: Method) -> bool:
    """Take a consent back, effective at once, with a task for staff and a signal (C10).

    Returns False, and does nothing, when there is no consent to take back. One that is not
    confirmed yet can be taken back too.
    """
    given = [entry for entry in _given(subject) if entry.purpose == purpose]
    if not given:
        return False
    (entry,) = _append([Line.after(given[0], act=Act.WITHDRAWN, actor=actor, method=method)])
    task = TakeDownTask(subject=subject, purpose=purpose, created_at=now())
    session().add(task)
    session().flush()
    signals.send(signals.consent_withdrawn, entry=entry, task=task)
    return True


def invalidate(subject: str) -> list[ConsentEntry]:
    """Void every consent of ``subject``, because their address was never confirmed."""
    return _append(
        [
            Line.after(entry, act=Act.INVALIDATED, actor=By.SYSTEM, method=Method.WEB)
            for entry in _given(subject)
        ]
    )


def _append(lines: Sequence[Line]) -> list[ConsentEntry]:
    entries = ledger.append(lines)
    for entry in entries:
        signals.send(signals.consent_recorded, entry=entry)
    return entries


def _given(subject: str) -> list[ConsentEntry]:
    """The latest entry of each purpose that ``subject`` has said yes to.

    Locks the ledger first, so that of two withdrawals at once the second finds nothing to do, and
    reads without a subquery, which MariaDB would answer as of the transaction's beginning.
    """
    ledger.take_head()
    entries = session().scalars(
        select(ConsentEntry)
        .where(ConsentEntry.subject == subject)
        .order_by(ConsentEntry.seq)
        .with_for_update()
    )
    latest = {entry.purpose: entry for entry in entries}
    return [entry for entry in latest.values() if entry.event in IN_FORCE]


def _is_unchanged(
    purpose: Purpose,
    mode: Mode,
    bodies: dict[str, str],
    shared: dict[str, Any],
) -> bool:
    rows = (
        session()
        .scalars(
            select(ConsentText).where(
                ConsentText.purpose_id == purpose.id, ConsentText.version == purpose.version
            )
        )
        .all()
    )
    return {row.language: row.body for row in rows} == bodies and all(
        row.mode == mode and all(getattr(row, name) == value for name, value in shared.items())
        for row in rows
    )


def _normal(body: str) -> str:
    """The form that is hashed: composed characters, and LF at the end of lines (C5)."""
    return unicodedata.normalize("NFC", body.replace("\r\n", "\n").replace("\r", "\n"))

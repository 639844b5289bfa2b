"""Reading consent: the texts in force, any text ever published, and where a person stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from flask_stadtlabor.consent.models import (
    Act,
    ConsentEntry,
    ConsentSubject,
    ConsentText,
    Controller,
    Purpose,
)
from flask_stadtlabor.consent.processing import Processing
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.i18n import language as current_language
from flask_stadtlabor.state import session, settings

Statement = Select[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]

IN_FORCE = (Act.GIVEN, Act.RENEWED)
"""The latest acts that can permit use (C7)."""
LARGEST_INTEGER = 2**31 - 1


@dataclass(frozen=True)
class PurposeTexts:
    """One version of a purpose's text, in all its languages."""

    slug: str
    mode: str
    version: int
    current_version: int
    """The version in force; another than ``version`` when this one is history."""
    title: LocalizedText
    body: LocalizedText
    """The bodies by language."""
    controller: Controller | None
    valid_days: int | None
    processing: Processing | None
    texts: tuple[ConsentText, ...]
    """The rows, one for each language."""

    def shown(self, language: str | None = None) -> ConsentText:
        """The row that somebody sees who reads ``language``, by default the page's.

        Falls back to the default language, then to any, as all our texts do.
        """
        by_language = {text.language: text for text in self.texts}
        for code in (LocalizedText.ANY, language or current_language(), settings().default_locale):
            if code in by_language:
                return by_language[code]
        return self.texts[0]


@dataclass(frozen=True)
class ConsentStatus:
    """Where a person stands with one purpose."""

    slug: str
    title: LocalizedText
    """As the text said that they answered to."""
    version: int
    language: str
    act: Act
    """The latest."""
    at: datetime
    permits_use: bool
    """Whether what was consented to may be done now."""

    @property
    def answered(self) -> bool:
        """Whether the person said yes or no, rather than nothing (C3)."""
        return self.act != Act.REQUESTED

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether there is a yes to take back, even one that does not permit use (yet)."""
        return self.act in IN_FORCE


def current_texts(slugs: Sequence[str]) -> list[PurposeTexts]:
    """The texts in force of these purposes in one statement, in this order.

    Unknown slugs are left out.
    """
    if not slugs:
        return []
    statement = _texts().where(Purpose.slug.in_(slugs), ConsentText.version == Purpose.version)
    found = {texts.slug: texts for texts in _grouped(session().execute(statement).all())}
    return [found[slug] for slug in dict.fromkeys(slugs) if slug in found]


def find_text(purpose_slug: str, version: int) -> PurposeTexts | None:
    """One version of a purpose's text, for ever; None when there was none."""
    # such an address can be typed, but no database could look it up
    if not 1 <= version <= LARGEST_INTEGER or "\0" in purpose_slug:
        return None
    statement = _texts().where(Purpose.slug == purpose_slug, ConsentText.version == version)
    return next(_grouped(session().execute(statement).all()), None)


def statuses(subject: str) -> list[ConsentStatus]:
    """Where ``subject`` stands with each purpose they were asked about, in the order of asking."""
    return [_status(row) for row in session().execute(_latest(subject))]


def permits_use(subject: str, purpose: str) -> bool:
    """Whether ``subject``'s consent to ``purpose`` may be relied on now (C7).

    Only a latest ``given`` or ``renewed`` of a confirmed person does, and only while no text that
    differs in substance was published since.
    """
    row = session().execute(_latest(subject).where(ConsentEntry.purpose == purpose)).one_or_none()
    return row is not None and _permits(row)


def is_in_force(subject: str) -> bool:
    """Whether ``subject`` has said yes to anything and not taken it back."""
    return any(status.can_be_withdrawn for status in statuses(subject))


def history(subject: str) -> list[ConsentEntry]:
    """All entries about ``subject``, the oldest first."""
    return list(
        session().scalars(
            select(ConsentEntry).where(ConsentEntry.subject == subject).order_by(ConsentEntry.seq)
        )
    )


def _texts() -> Statement:
    return (
        select(Purpose.slug, Purpose.version.label("current_version"), ConsentText)
        .join(ConsentText, ConsentText.purpose_id == Purpose.id)
        .order_by(Purpose.slug, ConsentText.id)
    )


def _grouped(rows: Iterable[AnyRow]) -> Iterator[PurposeTexts]:
    for _, group in groupby(rows, key=lambda row: row.slug):
        members = list(group)
        texts = tuple(row.ConsentText for row in members)
        first = texts[0]
        yield PurposeTexts(
            slug=members[0].slug,
            mode=first.mode,
            version=first.version,
            current_version=members[0].current_version,
            title=first.title,
            body=LocalizedText({text.language: text.body for text in texts}),
            controller=first.controller,
            valid_days=first.valid_days,
            processing=first.processing,
            texts=texts,
        )


def _latest(subject: str) -> Statement:
    """The latest entry of ``subject`` for each purpose, with all that decides about its use."""
    entry = aliased(ConsentEntry)
    span = (
        select(func.min(entry.seq).label("first"), func.max(entry.seq).label("last"))
        .where(entry.subject == subject)
        .group_by(entry.purpose)
        .subquery()
    )
    return (
        select(
            ConsentEntry,
            ConsentText.title,
            ConsentSubject.confirmed_at,
            _was_replaced().label("was_replaced"),
        )
        .join(ConsentSubject, ConsentSubject.reference == ConsentEntry.subject)
        .join(Purpose, Purpose.slug == ConsentEntry.purpose)
        .outerjoin(
            ConsentText,
            and_(
                ConsentText.purpose_id == Purpose.id,
                ConsentText.version == ConsentEntry.text_version,
                ConsentText.language == ConsentEntry.language,
            ),
        )
        .join(span, span.c.last == ConsentEntry.seq)
        .where(ConsentEntry.subject == subject)
        .order_by(span.c.first)
    )


def _was_replaced() -> ColumnElement[bool]:
    """Whether a text that differs in substance was published since the entry's."""
    newer = aliased(ConsentText)
    return exists().where(
        newer.purpose_id == Purpose.id,
        newer.version > ConsentEntry.text_version,
        newer.material,
    )


def _status(row: AnyRow) -> ConsentStatus:
    entry: ConsentEntry = row.ConsentEntry
    return ConsentStatus(
        slug=entry.purpose,
        title=row.title or LocalizedText(entry.purpose),
        version=entry.text_version,
        language=entry.language,
        act=Act(entry.event),
        at=entry.at,
        permits_use=_permits(row),
    )


def _permits(row: AnyRow) -> bool:
    return (
        row.ConsentEntry.event in IN_FORCE and row.confirmed_at is not None and not row.was_replaced
    )

"""Reading the texts of purposes: those in force, and any that was ever published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import and_, or_, select

from flask_stadtlabor.consent.models import ConsentEntry, ConsentText, Controller, Purpose
from flask_stadtlabor.consent.processing import Processing
from flask_stadtlabor.consent.texts.content import content_of
from flask_stadtlabor.db import LARGEST_INTEGER, AnyRow, LocalizedText, Statement
from flask_stadtlabor.i18n import language as current_language
from flask_stadtlabor.language_tags import lookup
from flask_stadtlabor.revision import Revision, kept_at
from flask_stadtlabor.state import session, settings


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

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it is published in."""
        return tuple(text.language for text in self.texts)

    @property
    def material(self) -> bool:
        """Whether this version differs in substance from the one before."""
        return self.texts[0].material

    def shown(self, language: str | None = None) -> ConsentText:
        """The row that somebody sees who reads ``language``, by default the page's.

        Falls back to the default language, then to any, as all our texts do.
        """
        by_language = {text.language: text for text in self.texts}
        if LocalizedText.ANY in by_language:
            return by_language[LocalizedText.ANY]
        for wanted in (language or current_language(), settings().default_locale):
            code = lookup(wanted, by_language)
            if code is not None:
                return by_language[code]
        return self.texts[0]


class Translation(NamedTuple):
    """A language in which a version was published, at first or later."""

    language: str
    published_at: datetime
    published_by: str


class Version(NamedTuple):
    """One version of a purpose's text, as a list tells it."""

    number: int
    is_material: bool
    published_at: datetime
    published_by: str
    added: tuple[Translation, ...]
    """The languages that were added later."""


def current_texts(slugs: Sequence[str]) -> list[PurposeTexts]:
    """The texts in force of these purposes in one statement, in this order.

    Unknown slugs are left out.
    """
    if not slugs:
        return []
    statement = _texts().where(Purpose.slug.in_(slugs), ConsentText.version == Purpose.version)
    found = {texts.slug: texts for texts in _grouped(session().execute(statement).all())}
    return [found[slug] for slug in dict.fromkeys(slugs) if slug in found]


def texts_at(revision: Revision, slugs: Sequence[str]) -> list[PurposeTexts]:
    """The same at a content revision that was read just now; without a statement the second time.

    Each publication raises the revision, and a text never changes (C5).
    """
    return kept_at(revision, "texts", *slugs, make=lambda: current_texts(slugs))


def find_text(purpose_slug: str, version: int) -> PurposeTexts | None:
    """One version of a purpose's text, for ever; None when there was none."""
    # such an address can be typed, but no database could look it up
    if not 1 <= version <= LARGEST_INTEGER or "\0" in purpose_slug:
        return None
    statement = _texts().where(Purpose.slug == purpose_slug, ConsentText.version == version)
    return next(_grouped(session().execute(statement).all()), None)


def texts_of(entries: Iterable[ConsentEntry]) -> dict[tuple[str, int], PurposeTexts]:
    """The texts that these entries are about, by purpose and version, in one statement."""
    wanted = {(entry.purpose, entry.text_version) for entry in entries}
    if not wanted:
        return {}
    is_wanted = or_(
        *(
            and_(Purpose.slug == slug, ConsentText.version == version)
            for slug, version in sorted(wanted)
        )
    )
    rows = session().execute(_texts().where(is_wanted)).all()
    return {(texts.slug, texts.version): texts for texts in _grouped(rows)}


def versions_of(purpose_slug: str) -> list[Version]:
    """All versions of a purpose's text, the newest first; none for an unknown purpose."""
    if "\0" in purpose_slug:
        return []
    rows = session().execute(
        select(
            ConsentText.version,
            ConsentText.material,
            ConsentText.language,
            ConsentText.published_at,
            ConsentText.published_by,
        )
        .join(Purpose, Purpose.id == ConsentText.purpose_id)
        .where(Purpose.slug == purpose_slug)
        .order_by(ConsentText.version.desc(), ConsentText.id)
    )
    versions = []
    for number, group in groupby(rows, key=lambda row: row.version):
        first, *others = group
        added = (
            Translation(row.language, row.published_at, row.published_by)
            for row in others
            if row.published_at > first.published_at
        )
        versions.append(
            Version(number, first.material, first.published_at, first.published_by, tuple(added))
        )
    return versions


def _texts() -> Statement:
    return (
        select(Purpose.slug, Purpose.version.label("current_version"), ConsentText)
        .join(ConsentText, ConsentText.purpose_id == Purpose.id)
        .order_by(Purpose.slug, ConsentText.version, ConsentText.id)
    )


def _grouped(rows: Iterable[AnyRow]) -> Iterator[PurposeTexts]:
    for _, group in groupby(rows, key=lambda row: (row.slug, row.ConsentText.version)):
        members = list(group)
        texts = tuple(row.ConsentText for row in members)
        for text in texts:
            # it never changes (C5), so that nobody need read it again after a rollback
            session().expunge(text)
        content = content_of(texts)
        yield PurposeTexts(
            slug=members[0].slug,
            mode=content.mode,
            version=texts[0].version,
            current_version=members[0].current_version,
            title=content.title,
            body=content.text,
            controller=content.controller,
            valid_days=content.valid_days,
            processing=content.processing,
            texts=texts,
        )

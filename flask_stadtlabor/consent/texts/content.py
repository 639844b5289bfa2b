"""What a purpose's text says, whoever brings it, and how it becomes a version that stays (C5)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select

from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.models import ConsentText, ConsentTextSeal, Controller, Mode, Purpose
from flask_stadtlabor.consent.processing import Processing
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.i18n import _sl, named_language
from flask_stadtlabor.revision import content_changed
from flask_stadtlabor.state import now, session, settings


@dataclass(frozen=True, kw_only=True)
class TextContent:
    """All that a version of a purpose's text holds: a draft, an import and a version share it."""

    mode: str
    title: LocalizedText
    text: LocalizedText
    """Markdown."""
    controller: Controller | None = None
    valid_days: int | None = None
    """After so many days a consent to it expires."""
    processing: Processing | None = None

    def normal(self) -> TextContent:
        """With the text in the form that is hashed: composed characters, LF ends lines (C5)."""
        bodies = {code: _normal(body) for code, body in self.text.items()}
        return replace(self, mode=Mode(self.mode).value, text=LocalizedText(bodies))

    def gaps(self) -> list[str]:
        """What is missing before people can be asked in each language of the site, in sentences."""
        missing = []
        for code in settings().locales:
            language = named_language(code)
            if not _has(self.title, code):
                missing.append(_sl("The title is missing in %(language)s.", language=language))
            if not _has(self.text, code):
                missing.append(_sl("The text is missing in %(language)s.", language=language))
        return missing


def publish_text(
    slug: str, content: TextContent, *, editorial: bool = False, published_by: str
) -> bool:
    """Publish a purpose's text; a new version only where something differs from the last one.

    A new version is material, so that older consent does not carry over, unless it is
    ``editorial``; one that changes the mode is material always. ``published_by`` names the person
    or command. Returns whether a version was published.
    """
    content = content.normal()
    purpose = session().scalar(select(Purpose).where(Purpose.slug == slug).with_for_update())
    if purpose is None:
        purpose = Purpose(slug=slug, mode=content.mode, version=1)
        session().add(purpose)
        is_material = True
    else:
        if content_of(_rows(purpose)) == content:
            return False
        is_material = not editorial or purpose.mode != content.mode
        purpose.mode = content.mode
        purpose.version += 1
    session().flush()
    rows = _new_rows(purpose, content, is_material, published_by)
    session().add_all(rows)
    session().flush()
    session().add_all(_seal(row, _claim(slug, content, row)) for row in rows)
    session().flush()
    content_changed()
    return True


def content_of(rows: Sequence[ConsentText]) -> TextContent:
    """What a version says; ``rows`` has one for each of its languages, at least one."""
    first = rows[0]
    return TextContent(
        mode=first.mode,
        title=first.title,
        text=LocalizedText({row.language: row.body for row in rows}),
        controller=first.controller,
        valid_days=first.valid_days,
        processing=first.processing,
    )


def _rows(purpose: Purpose) -> list[ConsentText]:
    statement = select(ConsentText).where(
        ConsentText.purpose_id == purpose.id, ConsentText.version == purpose.version
    )
    return list(session().scalars(statement))


def _new_rows(
    purpose: Purpose, content: TextContent, is_material: bool, published_by: str
) -> list[ConsentText]:
    bodies = dict(content.text) or {LocalizedText.ANY: ""}
    published_at = now()
    rows = [
        ConsentText(
            purpose_id=purpose.id,
            version=purpose.version,
            language=code,
            mode=content.mode,
            title=content.title,
            body=body,
            controller=content.controller,
            valid_days=content.valid_days,
            processing=content.processing,
            material=is_material,
            published_at=published_at,
            published_by=published_by,
        )
        for code, body in bodies.items()
    ]
    for row in rows:
        row.sha256 = chain.text_hash(_claim(purpose.slug, content, row))
    return rows


def _claim(slug: str, content: TextContent, row: ConsentText) -> dict[str, Any]:
    """What the hash of a text covers: all that it says and decides (C14)."""
    return {
        "purpose": slug,
        "version": row.version,
        "language": row.language,
        "languages": sorted(content.text or {LocalizedText.ANY}),
        "mode": row.mode,
        "title": row.title.to_json(),
        "body": row.body,
        "controller": _stored(row.controller),
        "material": row.material,
        "valid_days": row.valid_days,
        "processing": _stored(row.processing),
        "published_at": chain.moment(row.published_at),
        "published_by": row.published_by,
    }


def _stored(model: BaseModel | None) -> dict[str, Any] | None:
    """The JSON that the database keeps of a model."""
    return None if model is None else model.model_dump(mode="json", exclude_defaults=True)


def _seal(row: ConsentText, claim: dict[str, Any]) -> ConsentTextSeal:
    seal = chain.text_seal(chain.ledger_key(), row.sha256, claim)
    return ConsentTextSeal(text_id=row.id, seal=seal)


def _normal(body: str) -> str:
    return unicodedata.normalize("NFC", body.replace("\r\n", "\n").replace("\r", "\n"))


def _has(text: LocalizedText, code: str) -> bool:
    return any(text.get(key, "").strip() for key in (code, LocalizedText.ANY))

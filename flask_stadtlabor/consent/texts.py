"""What a purpose's text says, whoever brings it, and how it becomes a version that stays (C5)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from flask_stadtlabor.consent.chain import text_hash
from flask_stadtlabor.consent.models import ConsentText, Controller, Mode, Purpose
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
    session().add_all(_new_rows(purpose, content, is_material, published_by))
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
    return [
        ConsentText(
            purpose_id=purpose.id,
            version=purpose.version,
            language=code,
            mode=content.mode,
            title=content.title,
            body=body,
            sha256=text_hash(body),
            controller=content.controller,
            valid_days=content.valid_days,
            processing=content.processing,
            material=is_material,
            published_at=now(),
            published_by=published_by,
        )
        for code, body in bodies.items()
    ]


def _normal(body: str) -> str:
    return unicodedata.normalize("NFC", body.replace("\r\n", "\n").replace("\r", "\n"))


def _has(text: LocalizedText, code: str) -> bool:
    return any(text.get(key, "").strip() for key in (code, LocalizedText.ANY))

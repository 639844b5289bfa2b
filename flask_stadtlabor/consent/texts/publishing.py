"""Publishes a purpose's text as an immutable version, or adds a language to a version (C5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select

from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.models import ConsentText, ConsentTextSeal, Purpose
from flask_stadtlabor.consent.texts.content import TextContent, content_of
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.revision import content_changed
from flask_stadtlabor.state import now, session


def publish_text(
    slug: str, content: TextContent, *, editorial: bool = False, published_by: str
) -> bool:
    """Publish a purpose's text; a new version only where it says something else than the last one.

    Languages that the last version lacks are added to it, so that every yes stays. A new version is
    material, so that older consent does not carry over, unless it is ``editorial``; one that
    changes the mode is material always. ``published_by`` names the person or command. Returns
    whether anything was published.
    """
    content = content.normal()
    purpose = session().scalar(select(Purpose).where(Purpose.slug == slug).with_for_update())
    if purpose is None:
        purpose = Purpose(slug=slug, mode=content.mode, version=1)
        session().add(purpose)
        is_material = True
    else:
        in_force = _rows(purpose)
        added = content.additions_to(content_of(in_force))
        if added is not None:
            return _add_translations(purpose, in_force, content, added, published_by)
        is_material = not editorial or purpose.mode != content.mode
        purpose.mode = content.mode
        purpose.version += 1
    languages = list(content.text) or [LocalizedText.ANY]
    _publish(purpose, content, languages, now(), is_material, published_by)
    return True


def _add_translations(
    purpose: Purpose,
    in_force: Sequence[ConsentText],
    content: TextContent,
    languages: Sequence[str],
    published_by: str,
) -> bool:
    written = [code for code in languages if code in content.text]
    if not written:
        return False
    # the hash covers all languages that were published at the same moment
    at = max(now(), max(row.published_at for row in in_force) + timedelta(seconds=1))
    _publish(purpose, content, written, at, in_force[0].material, published_by)
    return True


def _publish(
    purpose: Purpose,
    content: TextContent,
    languages: Sequence[str],
    published_at: datetime,
    is_material: bool,
    published_by: str,
) -> None:
    session().flush()
    rows = [
        ConsentText(
            purpose_id=purpose.id,
            version=purpose.version,
            language=code,
            mode=content.mode,
            title=content.title,
            body=content.text.get(code, ""),
            controller=content.controller,
            valid_days=content.valid_days,
            processing=content.processing,
            material=is_material,
            published_at=published_at,
            published_by=published_by,
        )
        for code in languages
    ]
    for row in rows:
        row.sha256 = chain.text_hash(_claim(purpose.slug, languages, row))
    session().add_all(rows)
    session().flush()
    session().add_all(_seal(row, _claim(purpose.slug, languages, row)) for row in rows)
    session().flush()
    content_changed()


def _rows(purpose: Purpose) -> list[ConsentText]:
    statement = (
        select(ConsentText)
        .where(ConsentText.purpose_id == purpose.id, ConsentText.version == purpose.version)
        .order_by(ConsentText.id)
    )
    return list(session().scalars(statement))


def _claim(slug: str, languages: Iterable[str], row: ConsentText) -> dict[str, Any]:
    """What the hash of a text covers: all that it says and decides (C14)."""
    return {
        "purpose": slug,
        "version": row.version,
        "language": row.language,
        "languages": sorted(languages),
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

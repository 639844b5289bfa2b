"""The content of a purpose's text in its languages: of a draft, an import or a version."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel

from flask_stadtlabor.consent.models import ConsentText, Controller, Mode
from flask_stadtlabor.consent.processing import Processing
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.i18n import _sl, named_language
from flask_stadtlabor.language_tags import lookup
from flask_stadtlabor.state import settings


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

    def gaps(self, required: Collection[str]) -> list[str]:
        """What is missing before it can be published, in sentences.

        It has to be there in each of the ``required`` languages, and whole in each in which it
        says anything.
        """
        missing = []
        for code in settings().locales:
            language = named_language(code)
            has_title, has_text = _has(self.title, code), _has(self.text, code)
            is_needed = code in required or code in self.title or code in self.text
            if is_needed and not has_title:
                missing.append(_sl("The title is missing in %(language)s.", language=language))
            if is_needed and not has_text:
                missing.append(_sl("The text is missing in %(language)s.", language=language))
        return missing

    def lacks(self) -> list[str]:
        """The languages of the site in which there is no text, so that people see another one."""
        return [code for code in settings().locales if not _has(self.text, code)]

    def additions_to(self, published: TextContent) -> list[str] | None:
        """The languages that this adds to a ``published`` text that is otherwise the same.

        None if it differs otherwise, so that it needs a new version. A text that is the same in all
        languages gets no translation.
        """
        if self == published:
            return []
        before, written = set(published.text), {*self.text, *self.title} - {LocalizedText.ANY}
        if not before or LocalizedText.ANY in before | set(self.text) or not before <= written:
            return None
        if (self.mode, self.valid_days) != (published.mode, published.valid_days):
            return None
        if any(self._said(code) != published._said(code) for code in before):
            return None
        return sorted(written - before)

    def _said(self, code: str) -> list[object]:
        """All that somebody is told in one language, by the page and by their receipt."""
        told = (self.title, self.text, self.controller or Controller(), self.processing)
        return [_in_language(part, code) for part in told]


def content_of(rows: Sequence[ConsentText]) -> TextContent:
    """What a version says; ``rows`` has one for each of its languages, in their order.

    A language that was added later brought title, controller and processing in all languages up to
    then.
    """
    last = rows[-1]
    return TextContent(
        mode=last.mode,
        title=last.title,
        text=LocalizedText({row.language: row.body for row in rows}),
        controller=last.controller,
        valid_days=last.valid_days,
        processing=last.processing,
    )


def _in_language(value: object, code: str) -> object:
    """The value with the words of one language in the place of each text."""
    if isinstance(value, LocalizedText):
        return value.get(code, value.get(LocalizedText.ANY, ""))
    if isinstance(value, tuple):
        return [_in_language(item, code) for item in value]
    if isinstance(value, BaseModel):
        return {name: _in_language(part, code) for name, part in value}
    return value


def _normal(body: str) -> str:
    return unicodedata.normalize("NFC", body.replace("\r\n", "\n").replace("\r", "\n"))


def _has(text: LocalizedText, code: str) -> bool:
    found = LocalizedText.ANY if LocalizedText.ANY in text else lookup(code, text)
    return found is not None and bool(text[found].strip())

"""In which languages the texts of an event are missing; pure functions over its document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor.description import Described, Kind, describe
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.saving import Document


class Gap(NamedTuple):
    """A text that is there, but not in this language."""

    page: str
    path: str
    """Of the text; with the language it is the name of its field."""
    language: str


def gaps_of(document: Document, locales: Sequence[str]) -> Iterator[Gap]:
    """What is missing in which language, in the order of the editor's pages and fields.

    A text that is the same in all languages, or in none, is missing nowhere.
    """
    for item in describe(EventEntry):
        if not item.counts_in(document["status"]):
            continue
        for path, text in _texts(item, document.get(item.name), item.name):
            if not text or LocalizedText.ANY in text:
                continue
            for code in locales:
                if not text.get(code):
                    yield Gap(item.field.page, path, code)


def _texts(item: Described, value: Any, path: str) -> Iterator[tuple[str, LocalizedText]]:
    if not value:
        return
    if item.kind is Kind.LOCALIZED:
        yield path, LocalizedText(value)
    elif item.kind is Kind.PART:
        yield from _texts_of_part(item, value, path)
    elif item.kind is Kind.LIST:
        for number, entry in enumerate(value):
            here = f"{path}[{number}]"
            if item.model is None:
                yield here, LocalizedText(entry)
            else:
                yield from _texts_of_part(item, entry, here)


def _texts_of_part(
    item: Described, value: Mapping[str, Any], path: str
) -> Iterator[tuple[str, LocalizedText]]:
    if item.model is not None:
        for part in describe(item.model):
            yield from _texts(part, value.get(part.name), f"{path}.{part.name}")

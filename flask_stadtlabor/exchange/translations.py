"""The content's texts as a gettext catalog (PO), so that translators work on them in their tool.

A message is one text of one entry of the exchange file. Its context says where it stands, such as
``events/plattform/programme/0/title``; its id is the text in the portal's default language, or in
any other where it lacks that. Texts that are the same in all languages have no message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from babel.messages import Catalog
from babel.messages.pofile import write_po
from pydantic import BaseModel

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.exchange.entries import PurposeEntry, SluggedEntry
from flask_stadtlabor.exchange.exporting import entries, file_of
from flask_stadtlabor.exchange.faults import Fault, Faulty
from flask_stadtlabor.exchange.field_types import check_languages
from flask_stadtlabor.exchange.importing import import_content
from flask_stadtlabor.exchange.reading import check
from flask_stadtlabor.po_files import BrokenCatalog, read_catalog
from flask_stadtlabor.state import settings

Change = Callable[[str, LocalizedText], LocalizedText]
"""What becomes of the text that stands at a path."""


Lists = dict[str, list[SluggedEntry]]
"""Entries by the lists of the exchange file in which they stand."""


class OtherLanguage(ValueError):
    """A file that says that it is in another language than was named."""


@dataclass
class Translated:
    """What came of a catalog."""

    texts: int = 0
    """Texts that are there in the language now, and were not or read otherwise."""
    unsure: int = 0
    """Messages that are marked as fuzzy, which nobody has confirmed."""
    unknown: list[str] = field(default_factory=list)
    """Where texts stood that are gone or read otherwise since the catalog was written."""
    published: list[str] = field(default_factory=list)
    """Where a consent text would change that is published in this language already."""
    incomplete: list[str] = field(default_factory=list)
    """Consent texts of which title and text are not both translated yet."""


def write_texts(language: str, slug: str | None = None) -> bytes:
    """All texts, or those of one event with what it names, as a PO file for ``language``.

    Raises :class:`ValueError` for no language that can be translated to, and
    :class:`~.exporting.UnknownEvent`.
    """
    _check(language)
    return catalog_of(entries(slug), language)


def catalog_of(lists: Lists, language: str) -> bytes:
    """The texts of these entries, as a PO file for ``language``."""
    catalog = Catalog(locale=language.replace("-", "_"), project="Stadtlabor", charset="utf-8")
    for path, text in _texts(lists):
        source, written_in = _source(text, language)
        if not source:
            continue
        message = catalog.add(source, text.get(language, ""), context=path)
        # the texts are prose: a per cent sign in them is no placeholder
        message.flags -= {"python-format", "python-brace-format"}
        if written_in != settings().default_locale:
            message.auto_comments.append(f"Written in the language {written_in}.")
    file = BytesIO()
    # not wrapped: that takes the square of the length of a text without spaces
    write_po(file, catalog, width=0)
    return file.getvalue()


def read_texts(data: bytes, language: str) -> Translated:
    """Put the translations of a PO file in their places; the caller commits.

    A message without a translation takes none away. What a published consent text says in this
    language already is left as it is, because a change of it is a version of its own. Raises
    :class:`ValueError` for no such language and for what is no PO file, and :class:`Faulty`.
    """
    _check(language)
    changed, done = translate(entries(), data, language)
    try:
        import_content(check(file_of(changed), settings().timezone))
    except Faulty as error:
        raise Faulty([_with_slug(fault, changed) for fault in error.faults]) from error
    return done


def translate(lists: Lists, data: bytes, language: str) -> tuple[Lists, Translated]:
    """The entries that the translations of a PO file change, and what came of it.

    Raises :class:`~.po_files.BrokenCatalog` and :class:`OtherLanguage`.
    """
    done = Translated()
    wanted = _translations(data, language, done)
    changed: Lists = {}
    for name, found in lists.items():
        for entry in found:
            translated = _translated(name, entry, language, wanted, done)
            if translated != entry:
                changed.setdefault(name, []).append(translated)
    done.unknown = sorted(wanted)
    return changed, done


def _check(language: str) -> None:
    check_languages([language])
    if language == settings().default_locale:
        raise ValueError(
            f"{language!r} is the portal's default language, from which is translated; "
            "name another one."
        )


def _translations(data: bytes, language: str, done: Translated) -> dict[str, tuple[str, str]]:
    """What was translated and its translation, by where it stands."""
    try:
        catalog = read_catalog(data)
    except BrokenCatalog as error:
        raise BrokenCatalog(f"This is no PO file: {error}.", error.line) from error
    stated = catalog.locale_identifier
    if stated is not None and stated.split("_")[0] != language.replace("-", "_").split("_")[0]:
        raise OtherLanguage(
            f"Its head says that it is in the language {stated}, not {language}; name that one, "
            "or correct the head."
        )
    wanted = {}
    for message in catalog:
        if not (message.context and message.string):
            continue
        if message.fuzzy:
            done.unsure += 1
        else:
            wanted[message.context] = (str(message.id), str(message.string))
    return wanted


def _translated(
    name: str,
    entry: SluggedEntry,
    language: str,
    wanted: dict[str, tuple[str, str]],
    done: Translated,
) -> SluggedEntry:
    """The entry with its translations, which are taken out of ``wanted``."""
    texts = 0

    def change(path: str, text: LocalizedText) -> LocalizedText:
        nonlocal texts
        source, translation = wanted.get(path, ("", ""))
        if not translation or source != _source(text, language)[0]:
            return text
        del wanted[path]
        if text.get(language) == translation:
            return text
        # controller and recipients too: whoever said yes was told all of it
        if isinstance(entry, PurposeEntry) and (language in text or language in entry.text):
            done.published.append(path)
            return text
        texts += 1
        return LocalizedText({**text, language: translation})

    path = _path(name, entry)
    translated: SluggedEntry = _map(path, entry, change)
    if texts and isinstance(translated, PurposeEntry) and not _is_whole(translated, language):
        done.incomplete.append(path)
        return entry
    done.texts += texts
    return translated


def _is_whole(entry: PurposeEntry, language: str) -> bool:
    """Whether title and text are there in the language, as people have to be shown both."""
    same_everywhere = not entry.title or LocalizedText.ANY in entry.title
    return language in entry.text and (same_everywhere or language in entry.title)


def _texts(lists: Lists) -> Iterator[tuple[str, LocalizedText]]:
    found: list[tuple[str, LocalizedText]] = []

    def collect(path: str, text: LocalizedText) -> LocalizedText:
        found.append((path, text))
        return text

    for name, listed in lists.items():
        for entry in listed:
            _map(_path(name, entry), entry, collect)
    return iter(found)


def _path(name: str, entry: SluggedEntry) -> str:
    return f"{name}/{entry.slug}"


def _map(path: str, value: Any, change: Change) -> Any:
    """The value with all its texts changed."""
    if isinstance(value, LocalizedText):
        return change(path, value)
    if isinstance(value, tuple):
        return tuple(_map(f"{path}/{at}", item, change) for at, item in enumerate(value))
    if isinstance(value, BaseModel):
        parts = {name: _map(f"{path}/{name}", part, change) for name, part in value}
        changed = {name: part for name, part in parts.items() if part != getattr(value, name)}
        return value.model_copy(update=changed) if changed else value
    return value


def _source(text: LocalizedText, language: str) -> tuple[str, str]:
    """What is translated and its language; empty where there is nothing to translate."""
    others = [code for code in (settings().default_locale, *settings().locales, *text)
              if code not in (language, LocalizedText.ANY)]  # fmt: skip
    code = next((code for code in others if code in text), "")
    return text.get(code, ""), code


def _with_slug(fault: Fault, lists: Lists) -> Fault:
    """The fault with the entry's name for its number, which stands in no file."""
    for name, listed in lists.items():
        for number, entry in enumerate(listed):
            head = f"{name}[{number}]"
            if fault.path == head or fault.path.startswith(f"{head}."):
                return fault._replace(path=_path(name, entry) + fault.path[len(head) :])
    return fault

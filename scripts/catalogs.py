"""Keeps the message catalogs: ``python -m scripts.catalogs update | check | compile``.

``update`` brings every catalog up to date with the messages of code and templates, ``check`` names
what a translation lacks and fails, ``compile`` writes the ``.mo`` files.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "flask_stadtlabor"
TRANSLATIONS = PACKAGE / "translations"

METHODS = [("**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
KEYWORDS = {"_sl": None, "_sln": (1, 2), "lazy": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")


def messages() -> Catalog:
    """All messages of code and templates."""
    catalog = Catalog(
        project="flask_stadtlabor", copyright_holder="flask_stadtlabor", charset="utf-8"
    )
    found = extract_from_dir(
        PACKAGE, METHODS, keywords=KEYWORDS, comment_tags=["Translators:"], strip_comment_tags=True
    )
    # places without a line number, so that a catalog changes only when a message does
    for path, _, message, comments, context in found:
        place = [(f"flask_stadtlabor/{path}", None)]
        catalog.add(message, None, place, auto_comments=comments, context=context)
    return catalog


def catalogs() -> dict[str, Path]:
    """The catalogs by their language."""
    return {path.parts[-3]: path for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))}


def read(language: str, path: Path) -> Catalog:
    """One catalog; raises ``PoFileError`` where it is no valid file."""
    with path.open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def update() -> None:
    """Add new messages, drop those that are gone; German is begun where it is missing."""
    template = messages()
    for language, path in (
        {"de": TRANSLATIONS / "de/LC_MESSAGES/stadtlabor.po"} | catalogs()
    ).items():
        catalog = read(language, path) if path.exists() else Catalog(language)
        catalog.project, catalog.fuzzy = template.project, False
        catalog.update(template, no_fuzzy_matching=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            write_po(target, catalog, width=100, sort_by_file=True, ignore_obsolete=True)


def check() -> list[str]:
    """What the catalogs lack, a sentence each."""
    template = messages()
    if not catalogs():
        return ["There is no catalog."]
    return [
        f"{language}: {fault}: {str(message.id)[:100]!r}"
        for language, path in catalogs().items()
        for message, fault in faults(template, read(language, path))
    ]


def faults(template: Catalog, catalog: Catalog) -> Iterator[tuple[Message, str]]:
    """Each message that is missing, fuzzy, untranslated, or has other placeholders."""
    for message in template:
        if not message.id:
            continue
        found = catalog.get(message.id, message.context)
        if found is None:
            yield message, "missing"
        elif found.fuzzy:
            yield message, "fuzzy"
        elif not all(_texts(found.string)):
            yield message, "not translated"
        elif not _same_placeholders(message, found):
            yield message, "other placeholders"
    for message in catalog:
        if message.id and template.get(message.id, message.context) is None:
            yield message, "no longer used"


def _texts(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (str(value or ""),)


def _same_placeholders(message: Message, found: Message) -> bool:
    """A plural form may leave the number out, because "one seat" needs no figure."""
    wanted = set().union(*(PLACEHOLDER.findall(text) for text in _texts(message.id)))
    free = {"num"} if message.pluralizable else set()
    return all(
        wanted - free <= set(PLACEHOLDER.findall(text)) <= wanted | free
        for text in _texts(found.string)
    )


def compile_all() -> None:
    """Write a ``.mo`` beside every ``.po``."""
    for language, path in catalogs().items():
        with path.with_suffix(".mo").open("wb") as target:
            write_mo(target, read(language, path))


def compile_stale() -> None:
    """The same, where a ``.po`` is newer than its ``.mo``."""
    for path in catalogs().values():
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            compile_all()


def main(words: list[str]) -> int:
    """Run the command; 1 where ``check`` finds something."""
    if words == ["update"]:
        update()
    elif words == ["compile"]:
        compile_all()
    elif words == ["check"]:
        found = check()
        print("\n".join(found) or "The catalogs are complete.")
        return 1 if found else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

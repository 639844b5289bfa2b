"""Keeps the message catalogs: ``python -m scripts.catalogs update | check | compile | begin L``.

``update`` brings the template (``.pot``) and the catalogs up to date with the messages of code and
templates and says what changed, ``update L`` the catalog of one language alone. ``check`` names
what a translation lacks, what is wrong before what is missing, each with its line, and fails.
``compile`` writes the ``.mo`` files and names the translations that no page will show. ``begin``
adds the catalog of a language such as ``nl`` or ``pt_BR``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po

from flask_stadtlabor.po_files import BrokenCatalog, read_catalog
from scripts import glossary
from scripts.messages import (
    AUDIENCES,
    PACKAGE,
    audience,
    messages,
    placeholders,
    texts,
    unexplained,
)

TRANSLATIONS = PACKAGE / "translations"
TEMPLATE = "stadtlabor.pot"
"""All messages without a translation, with which tools begin a language; also in the wheel."""


def catalogs() -> dict[str, Path]:
    """The catalogs by their language."""
    return {path.parts[-3]: path for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))}


def read(language: str, path: Path) -> Catalog:
    """One catalog; raises ``BrokenCatalog`` with a sentence for a file that cannot be read."""
    try:
        return read_catalog(path.read_bytes(), language)
    except BrokenCatalog as error:
        raise BrokenCatalog(f"{path}: {error}.", error.line) from error


def begin(language: str) -> str:
    """Add an empty catalog, and say what became of it."""
    try:
        Locale.parse(language)
    except (ValueError, UnknownLocaleError):
        return f"Babel knows no language {language!r}; write its code, such as nl or pt_BR."
    if language in catalogs():
        return f"There is a catalog for {language} already."
    path = TRANSLATIONS / language / "LC_MESSAGES" / "stadtlabor.po"
    path.parent.mkdir(parents=True)
    catalog = Catalog(language, charset="utf-8")
    _bring_up_to_date(catalog, messages(), path)
    return f"{path.relative_to(PACKAGE.parent)} waits for {len(catalog)} translations."


def update(only: str | None = None) -> list[str]:
    """Add new messages and drop those that are gone; what became of each catalog, a line each.

    ``only`` is the language of the one catalog that is meant.
    """
    if only is not None and only not in catalogs():
        return [f"There is no catalog for {only}."]
    template = messages()
    _write_template(template)
    lines = []
    for language, path in catalogs().items():
        if only not in (None, language):
            continue
        catalog = read(language, path)
        before = {_name(message) for message in catalog if message.id}
        _bring_up_to_date(catalog, template, path)
        after = {_name(message) for message in catalog if message.id}
        lines += _counted(language, catalog)
        lines += [f"  new: {name[:100]!r}" for name in sorted(after - before)]
        lines += [f"  gone: {name[:100]!r}" for name in sorted(before - after)]
    return lines


def _bring_up_to_date(catalog: Catalog, template: Catalog, path: Path) -> None:
    catalog.project, catalog.fuzzy = template.project, False
    catalog.update(template, no_fuzzy_matching=True)
    _write(catalog, path)


def _write_template(template: Catalog) -> None:
    if not _is_written(template):
        _write(template, TRANSLATIONS / TEMPLATE)


def _is_written(template: Catalog) -> bool:
    """Whether the file says that, whenever and by whichever Babel it was written."""
    path = TRANSLATIONS / TEMPLATE
    if not path.exists():
        return False
    made = BytesIO()
    write_po(made, template, width=100)
    return _undated(made.getvalue()) == _undated(path.read_bytes())


def _undated(file: bytes) -> list[bytes]:
    written = (b'"POT-Creation-Date:', b'"Generated-By:')
    return [line for line in file.splitlines() if not line.startswith(written)]


def _write(catalog: Catalog, path: Path) -> None:
    with path.open("wb") as target:
        write_po(target, catalog, width=100, ignore_obsolete=True)


def _counted(language: str, catalog: Catalog) -> Iterator[str]:
    """How far a translation is, and for whom where it is not done.

    „de: 928 translated, 0 missing, 0 fuzzy“.
    """
    all_of_it = [message for message in catalog if message.id]
    fuzzy = sum(message.fuzzy for message in all_of_it)
    done = sum(map(_is_done, all_of_it))
    missing = len(all_of_it) - done - fuzzy
    yield f"{language}: {done} translated, {missing} missing, {fuzzy} fuzzy"
    if done < len(all_of_it):
        for name in AUDIENCES:
            theirs = [message for message in all_of_it if audience(message) == name]
            yield f"  {name}: {sum(map(_is_done, theirs))} of {len(theirs)} translated"


def _is_done(message: Message) -> bool:
    return not message.fuzzy and all(_texts(message.string))


def _name(message: Message) -> str:
    return texts(message)[0]


def check() -> list[str]:
    """What the catalogs lack, a sentence each."""
    template = messages()
    if not catalogs():
        return ["There is no catalog."]
    lacking = []
    for language, path in catalogs().items():
        catalog = read(language, path)
        lacking += _other_plurals(language, catalog)
        lacking += _described(language, sorted(faults(template, catalog), key=_weight))
    if not _is_written(template):
        lacking.append(f"{TEMPLATE} is old; run `python -m scripts.catalogs update`.")
    return [*lacking, *unexplained(), *glossary.check()]


FAULTS = (
    "other placeholders",
    "fuzzy",
    "plural forms missing",
    "markup, which people would read",
    "no longer used",
    "missing",
    "not translated",
)
"""What can be wrong with a translation, what hurts most first."""


def _other_plurals(language: str, catalog: Catalog) -> Iterator[str]:
    known = Catalog(language)
    if catalog.num_plurals != known.num_plurals:
        yield (
            f"{language}: the head counts {catalog.num_plurals} plural forms, and the language has "
            f"{known.num_plurals}; write “Plural-Forms: {known.plural_forms}”."
        )


def _weight(found: tuple[Message, str]) -> int:
    return FAULTS.index(found[1])


def _described(language: str, found: Iterable[tuple[Message, str]]) -> Iterator[str]:
    """A line for each, what hurts most first."""
    for message, fault in sorted(found, key=_weight):
        line = f", line {message.lineno}" if message.lineno else ""
        yield f"{language}{line}: {fault}: {_name(message)[:100]!r}"


def faults(template: Catalog, catalog: Catalog) -> Iterator[tuple[Message, str]]:
    """Each message that is missing, fuzzy, partly or not translated, or says otherwise.

    As it stands in the catalog, with its line, where it stands there.
    """
    for message in template:
        if not message.id:
            continue
        found = catalog.get(message.id, message.context)
        if found is None:
            yield message, "missing"
        elif found.fuzzy:
            yield found, "fuzzy"
        elif not all(_texts(found.string)):
            yield found, "plural forms missing" if any(_texts(found.string)) else "not translated"
        elif not _same_placeholders(message, found):
            yield found, "other placeholders"
        elif "<" in "".join(_texts(found.string)) and "<" not in "".join(texts(message)):
            yield found, "markup, which people would read"
    for message in catalog:
        if message.id and template.get(message.id, message.context) is None:
            yield message, "no longer used"


def _texts(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (str(value or ""),)


def _same_placeholders(message: Message, found: Message) -> bool:
    """A plural form may leave the number out, because "one seat" needs no figure."""
    wanted = set().union(*map(placeholders, texts(message)))
    free = {"%(num)d"} if message.pluralizable else set()
    return all(
        wanted - free <= placeholders(text) <= wanted | free for text in _texts(found.string)
    )


def compile_all() -> list[str]:
    """Write a ``.mo`` beside every ``.po``; a line for each translation that no page will show."""
    unseen = []
    template = messages()
    for language, path in catalogs().items():
        catalog = read(language, path)
        wrong = [found for found in faults(template, catalog) if found[1] in FAULTS[:3]]
        unseen += _described(language, wrong)
        with path.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalog)
    return unseen


def compile_stale() -> None:
    """The same, where a ``.po`` is newer than its ``.mo``."""
    for path in catalogs().values():
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            compile_all()


def main(words: list[str]) -> int:
    """Run the command; 1 where ``check`` finds something, or a file cannot be read."""
    try:
        return _run(words)
    except BrokenCatalog as error:
        print(error)
        return 1


def _run(words: list[str]) -> int:
    if words[:1] == ["update"] and len(words) <= 2:
        glossary.write()
        print("\n".join(update(*words[1:])))
    elif words[:1] == ["begin"] and len(words) == 2:
        print(begin(words[1]))
    elif words == ["compile"]:
        print("\n".join(compile_all()) or "All translations are used.")
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

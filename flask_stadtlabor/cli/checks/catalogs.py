"""The message catalogs: there, and compiled from what they say now."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from flask import Flask

from flask_stadtlabor.cli.checks.finding import Finding, error, warning
from flask_stadtlabor.i18n import CATALOGS, DOMAIN, lost_placeholders, unknown_placeholders
from flask_stadtlabor.po_files import BrokenCatalog, read_catalog
from flask_stadtlabor.state import state_of

_UNREADABLE = (OSError, ValueError, struct.error)
"""What Babel raises for a file that is no compiled catalog, or half of one."""
SOURCE_LANGUAGE = "en"
"""The language of the messages themselves, which needs no catalog."""


def check_catalogs(app: Flask) -> Iterator[Finding]:
    """Findings about our catalogs and those of the host that override them."""
    settings = state_of(app).settings
    of_host = [Path(folder) for folder in settings.translation_directories]
    folders = [CATALOGS, *of_host]
    for folder in folders:
        for source in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
            yield from _compiled(source)
    for folder in of_host:
        yield from _unknown_messages(folder)
    for code in settings.locales:
        if code.replace("-", "_").split("_")[0] != SOURCE_LANGUAGE and not _has(folders, code):
            yield warning(
                f"There is no catalog for the language {code}, so that its pages are in English; "
                f"add {code}/LC_MESSAGES/{DOMAIN}.po to a folder of "
                "STADTLABOR_TRANSLATION_DIRECTORIES, or leave it out of STADTLABOR_LOCALES."
            )


def _compiled(source: Path) -> Iterator[Finding]:
    compiled = source.with_suffix(".mo")
    again = f"compile it with `pybabel compile -f -i {source} -o {compiled}`."
    if not compiled.exists():
        yield warning(f"The catalog {source} is not compiled; {again}")
        return
    try:
        catalog = read_catalog(source.read_bytes(), source.parts[-3])
    except BrokenCatalog as problem:
        yield warning(f"The catalog {source} cannot be read: {problem}.")
        return
    yield from _unusable(source, catalog)
    fresh = BytesIO()
    write_mo(fresh, catalog)
    fresh.seek(0)
    try:
        with compiled.open("rb") as file:
            is_same = _words(file) == _words(fresh)
    except _UNREADABLE:
        is_same = False
    if not is_same:
        yield warning(f"The catalog {source} was changed since it was compiled; {again}")


def _unusable(source: Path, catalog: Catalog) -> Iterator[Finding]:
    """Translations that pages do not show or that lack something, with their lines."""
    for message in catalog:
        if not message.id:
            continue
        originals = (message.id,) if isinstance(message.id, str) else message.id
        written = (message.string,) if isinstance(message.string, str) else message.string or ()
        line = f", line {message.lineno}" if message.lineno else ""
        where = f"{source}{line}: the translation of {originals[0][:80]!r}"
        if message.fuzzy:
            yield warning(
                f"{where} is marked as fuzzy, so that the original is shown; look at it and take "
                "the mark away."
            )
            continue
        if any(written) and not all(written):
            yield warning(
                f"{where} lacks a plural form, so that the original is shown for some numbers; "
                "write all of them."
            )
        wrong = set().union(*(unknown_placeholders(text, "".join(originals)) for text in written))
        if wrong:
            names = ", ".join(sorted(wrong))
            yield warning(
                f"{where} has the placeholder {names}, which its original has not, so that the "
                "original is shown; correct it, and write a per cent sign twice."
            )
        lost = set().union(*(lost_placeholders(text, originals) for text in written if text))
        if lost and not wrong:
            yield warning(
                f"{where} leaves out the placeholder {', '.join(sorted(lost))}, so that people do "
                "not read what it stands for; write it as the original does."
            )


def _words(compiled: IO[bytes]) -> tuple[object, ...]:
    """What a compiled catalog says: its plural forms, and its messages in their order.

    Neither the file's time, which installers set as they like, nor its head, in which Babel writes
    its own version and, where the source has no date, the minute.
    """
    catalog = read_mo(compiled)
    messages = [(each.context, each.id, each.string) for each in catalog if each.id]
    return catalog.plural_forms, messages


def _unknown_messages(folder: Path) -> Iterator[Finding]:
    """A host's words for what we do not say, or say otherwise since an upgrade."""
    known = {message for path in _compiled_in(CATALOGS) for message in _ids(path)}
    for path in _compiled_in(folder):
        try:
            unknown = sorted(_ids(path) - known)
            if not path.with_suffix(".po").exists():
                yield from _unusable(path, _read_compiled(path))
        except _UNREADABLE as problem:
            yield error(
                f"The catalog {path} cannot be read, so that no page in its language can be drawn: "
                f"{problem}. Compile it anew, or take it away."
            )
            continue
        if unknown and known:
            yield warning(
                f"The catalog {path} has words for {len(unknown)} of our messages that we do not "
                f"have, such as {unknown[0]!r}; look up in {CATALOGS} how they read now."
            )


def _compiled_in(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))


def _ids(path: Path) -> set[str]:
    """The messages of a compiled catalog, in the singular where there are two.

    Raises one of ``_UNREADABLE`` for what is none.
    """
    ids = (message.id for message in _read_compiled(path) if message.id)
    return {found if isinstance(found, str) else found[0] for found in ids}


def _read_compiled(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_mo(file)


def _has(folders: list[Path], code: str) -> bool:
    names = {code.replace("-", "_"), code.replace("-", "_").split("_")[0]}
    return any(
        (folder / name / "LC_MESSAGES" / f"{DOMAIN}.{end}").exists()
        for folder in folders
        for name in names
        for end in ("mo", "po")
    )

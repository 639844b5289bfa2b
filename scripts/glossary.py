"""The glossary as translators' programs take it: docs/glossary.md, a ``.po`` for each language.

Weblate takes it as a glossary, Poedit as a translation memory.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

DOCS = Path(__file__).parents[1] / "docs"
SOURCE = DOCS / "glossary.md"
TARGETS = {"de": DOCS / "glossary.de.po"}
ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
HEADER = r"""# The terms of glossary.md, written by `make messages`.
msgid ""
msgstr ""
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""


def terms() -> list[tuple[str, str, str]]:
    """English, German and what it is, of each row of the table."""
    heading_and_ruler = 2
    return ROW.findall(SOURCE.read_text("utf-8"))[heading_and_ruler:]


def written(language: str) -> bytes:
    """The glossary's ``.po`` in a language."""
    catalog = Catalog(language)
    for english, german, meaning in terms():
        catalog.add(english, german, auto_comments=[meaning])
    file = BytesIO()
    # a header without a day, so that the file changes only when a term does
    write_po(file, catalog, width=100, omit_header=True)
    return HEADER.format(language=language).encode() + file.getvalue()


def write() -> None:
    """Bring the files up to date with the table."""
    for language, path in TARGETS.items():
        path.write_bytes(written(language))


def check() -> list[str]:
    """A sentence for each file that says something else than the table."""
    return [
        f"{path.name} is older than {SOURCE.name}; write it anew by `make messages`"
        for language, path in TARGETS.items()
        if not path.exists() or path.read_bytes() != written(language)
    ]

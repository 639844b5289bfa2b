"""Reading PO files, which come from translators' programs and editors."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

_LINE = re.compile(rb'#.*|((msg(ctxt|id|id_plural|str(\[\d+\])?))?\s*"([^"\\]|\\.)*")?')
"""A comment, or a text in quotation marks with or without a keyword before it; no blanks around."""


class BrokenCatalog(ValueError):
    """A file that is no PO file; the message is a sentence that says what to mend."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line
        """The first line that cannot be read, from 1."""


def read_catalog(data: bytes, language: str | None = None) -> Catalog:
    """The catalog that a PO file holds; ``language`` is the one that it translates to.

    A byte order mark and line ends of Windows are taken. Babel takes a text without its last
    quotation mark too, and drops a letter; here that raises :class:`BrokenCatalog`, as do other
    broken lines, another encoding and a wrong number of plural forms.
    """
    data = data.removeprefix(BOM_UTF8)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BrokenCatalog(
            f"line {line} is not written in UTF-8; save the file as UTF-8", line
        ) from error
    for number, line_of_file in enumerate(data.split(b"\n"), 1):
        if not _LINE.fullmatch(line_of_file.strip()):
            raise BrokenCatalog(
                f"line {number} is neither a comment nor one text in quotation marks; write "
                'quotation marks around the text, and \\" for each within it',
                number,
            )
    try:
        return read_po(BytesIO(data), locale=language, abort_invalid=True)
    except (PoFileError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", 0) + 1
        raise BrokenCatalog(f"line {line}: {_sentence(str(error))}", line) from error


def _sentence(said: str) -> str:
    if "more translations than num_plurals" in said:
        return "the message has more plural forms than the file's head says; leave out what is more"
    if "invalid literal" in said:
        return f"{said}; look at “Plural-Forms” in the file's head"
    return said

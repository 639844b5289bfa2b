"""Tables for spreadsheets: CSV by RFC 4180 in which no cell is taken for a formula (S7)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

_SIGN = r"[=+\-@\t\r＝＋－＠]"
"""What a spreadsheet takes for the beginning of a formula, full-width signs too."""
_FORMULA = re.compile(rf"\A(?={_SIGN})|(?<=[,;\t\r\n])(?=\"*{_SIGN})")
"""Where a formula may begin: at the start of a text, and after whatever separates cells for a
spreadsheet that was told another separator than ours, or none of our quotation marks."""


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows as lines of CSV, one at a time, so that any number needs little memory.

    Every field is in quotation marks, so that a separator within one is taken for none.
    """
    line = io.StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL)
    for row in rows:
        writer.writerow([harmless(value) for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def harmless(value: object) -> str:
    """A cell that no spreadsheet runs: what begins like a formula gets an apostrophe before it.

    So does what would begin one if the text were cut at a comma, semicolon, tab or line break. All
    else stays as it is, and so does a number, negative ones too.
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    return _FORMULA.sub("'", str(value))

"""Tables for spreadsheets: CSV by RFC 4180 in which no cell is taken for a formula (S7)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from babel.numbers import get_decimal_symbol

from flask_stadtlabor.i18n import conventions

BYTE_ORDER_MARK = "\ufeff"
_SIGN = r"[=+\-@\t\r＝＋－＠]"
"""What a spreadsheet takes for the beginning of a formula, full-width signs too."""
_FORMULA = re.compile(rf"\A(?={_SIGN})|(?<=[,;\t\r\n])(?=\"*{_SIGN})")
"""Where a formula may begin: at the start of a text, and after whatever separates cells for a
spreadsheet that was told another separator than ours, or none of our quotation marks."""


def csv_lines(rows: Iterable[Sequence[object]], *, separator: str = ",") -> Iterator[str]:
    """The rows as lines of CSV, one at a time, so that any number needs little memory.

    Every field is in quotation marks, so that a separator within one is taken for none.
    """
    line = io.StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL, delimiter=separator)
    for row in rows:
        writer.writerow([harmless(value) for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def excel_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The same for Excel, which takes a file for UTF-8 only by the mark at its beginning.

    It separates cells by a semicolon where the language writes decimals with a comma.
    """
    decimal = get_decimal_symbol(conventions())
    yield BYTE_ORDER_MARK
    yield from csv_lines(rows, separator=";" if decimal == "," else ",")


def harmless(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe is put before it if needed.

    So does what would begin one if the text were cut at a comma, semicolon, tab or line break. All
    else stays as it is, and so does a number, negative ones too. A time is told to the minute.
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return _FORMULA.sub("'", str(value))

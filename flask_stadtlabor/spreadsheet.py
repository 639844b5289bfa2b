"""Tables for spreadsheets: CSV by RFC 4180 in which no cell is taken for a formula (S7)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows as lines of CSV, one at a time, so that any number needs little memory."""
    line = io.StringIO()
    writer = csv.writer(line)
    for row in rows:
        writer.writerow([harmless(value) for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def harmless(value: object) -> str:
    """A cell that no spreadsheet runs: what begins like a formula gets an apostrophe.

    A number stays a number, negative ones too.
    """
    if value is None:
        return ""
    text = str(value)
    is_formula = isinstance(value, str) and text.startswith(FORMULA_SIGNS)
    return f"'{text}" if is_formula else text

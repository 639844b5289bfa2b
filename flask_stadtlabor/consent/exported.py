"""The ledger as JSON Lines: written without a name in it, and verified without the database.

The first line tells the format and where the ledger ends; then come the texts, then the entries,
each in an object with one key that says what it is. Both ways go line by line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flask_stadtlabor.consent import chain
from flask_stadtlabor.consent.checkpoints import Checkpoint
from flask_stadtlabor.consent.head import End, read_end
from flask_stadtlabor.consent.verification import read_entries, text_rows
from flask_stadtlabor.consent.walk import COLUMNS, Entry, KnownText, Verification, Walk
from flask_stadtlabor.state import now

FORMAT = "flask-stadtlabor-ledger/1"
NUMBERS = frozenset({"seq", "text_version", "version"})
TEXT = ("purpose", "version", "language", "sha256", "body")


class NoLedger(Exception):
    """A file that is no exported ledger, or a database without one; the message says why."""


class Export(NamedTuple):
    """A ledger on its way to a file."""

    entries: int
    """How many it holds."""
    lines: Iterator[str]


def export() -> Export:
    """The whole ledger, a line at a time; raises :class:`NoLedger` where there is none."""
    end = read_end()
    if end is None:
        raise NoLedger("The ledger has no head; run `flask stadtlabor db check`.")
    return Export(end.seq, _lines(end))


def _lines(end: End) -> Iterator[str]:
    yield _line({"format": FORMAT, "at": chain.moment(now()), "end": end._asdict()})
    for _, *values in text_rows():
        yield _line({"text": dict(zip(TEXT, values, strict=True))})
    for entry in read_entries(end.seq):
        yield _line({"entry": dict(zip(COLUMNS, entry, strict=True))})


def verify_file(path: Path, checkpoints: Sequence[Checkpoint] = ()) -> Verification:
    """Walk along the ledger in a file, as :func:`~.verification.verify` does in the database.

    Raises :class:`NoLedger` for a file of another kind, with the line.
    """
    with path.open(encoding="utf-8") as file:
        reader = _Reader(path, file)
        end = reader.end()
        entries = reader.entries()
        return Walk(end, reader.texts, checkpoints).run(entries)


class _Reader:
    """Reads line by line; the texts are known once the first entry is asked for."""

    def __init__(self, path: Path, file: Iterator[str]) -> None:
        self.texts: dict[tuple[str, int, str], KnownText] = {}
        self._path = path
        self._file = enumerate(file, 1)

    def end(self) -> End:
        """What the first line says."""
        number, line = next(self._file, (1, ""))
        first = self._object(number, line)
        if first.get("format") != FORMAT:
            raise self._fault(number, f"the format is not {FORMAT!r}")
        return End(*self._values(number, first.get("end"), End._fields))

    def entries(self) -> Iterator[Entry]:
        """The entries, while texts on the way are kept."""
        for number, line in self._file:
            content = self._object(number, line)
            if "text" in content:
                self._keep(*self._values(number, content["text"], TEXT))
            else:
                yield self._values(number, content.get("entry"), COLUMNS)

    def _keep(self, purpose: str, version: int, language: str, sha256: str, body: str) -> None:
        is_whole = chain.text_hash(body) == sha256
        self.texts[purpose, version, language] = KnownText(sha256, is_whole)

    def _object(self, number: int, line: str) -> dict[str, Any]:
        try:
            content = json.loads(line)
        except ValueError as error:
            raise self._fault(number, "this is no JSON") from error
        if not isinstance(content, dict):
            raise self._fault(number, "this is no object")
        return content

    def _values(self, number: int, values: object, names: Sequence[str]) -> tuple[Any, ...]:
        if not isinstance(values, dict) or set(values) != set(names):
            raise self._fault(number, f"an object with the keys {', '.join(names)} is expected")
        for name in names:
            if type(values[name]) is not (int if name in NUMBERS else str):
                raise self._fault(number, f"the value of {name!r} cannot be meant")
        return tuple(values[name] for name in names)

    def _fault(self, number: int, what: str) -> NoLedger:
        return NoLedger(f"{self._path}, line {number}: {what}.")


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"

"""The ledger as JSON Lines: written without a name in it, and verified without the database.

The first line tells the format and where the ledger ends; then come the texts, then the entries,
each in an object with one key that says what it is. Both ways go line by line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.ledger.chain_verifier import (
    COLUMNS,
    Anchor,
    ChainVerifier,
    Entry,
    KnownText,
    Verification,
    key_of,
)
from flask_stadtlabor.consent.ledger.head import End, read_end
from flask_stadtlabor.consent.ledger.proof_files import Unreadable, is_number, parsed, read_lines
from flask_stadtlabor.consent.ledger.text_proof import PublishedText, published_texts
from flask_stadtlabor.consent.ledger.verification import read_entries
from flask_stadtlabor.state import now, session

FORMAT = "flask-stadtlabor-ledger/2"
OLD_FORMAT = "flask-stadtlabor-ledger/1"
"""Of versions before 0003: its texts are a body and its hash."""
NUMBERS = frozenset({"seq", "text_version", "version", "format"})
DOCUMENTS = frozenset({"title", "controller", "material", "valid_days", "processing"})
"""Values of a text that are whatever its hash covers."""
TEXT = (*chain.TEXT_FIELDS, "format", "sha256", "seal")
OLD_TEXT = ("purpose", "version", "language", "sha256", "body")


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
        raise NoLedger("The ledger has no head: restore its row from a backup.")
    return Export(end.seq, _lines(end))


def _lines(end: End) -> Iterator[str]:
    yield _line({"format": FORMAT, "at": chain.moment(now()), "end": end._asdict()})
    for text in published_texts(session().connection()):
        # one that was changed is written as it is, and found by whoever verifies the file
        number = chain.text_format(text.sha256, text.claim) or chain.TEXT_FORMAT
        proof = {"format": number, "sha256": text.sha256, "seal": text.seal or ""}
        yield _line({"text": {**text.claim, **proof}})
    for entry in read_entries(end.seq):
        yield _line({"entry": dict(zip(COLUMNS, entry, strict=True))})


def verify_file(path: Path, anchors: Sequence[Anchor] = ()) -> Verification:
    """Verify the ledger in a file, as :func:`~.ledger.verification.verify` does the database's.

    Raises :class:`NoLedger` for a file of another kind, with the line.
    """
    try:
        reader = _Reader(path)
        end = reader.end()
        return ChainVerifier(end, reader.texts, anchors).run(reader.entries())
    except Unreadable as error:
        raise NoLedger(str(error)) from error


class _Reader:
    """Reads line by line; the texts are known once the first entry is asked for."""

    def __init__(self, path: Path) -> None:
        self.texts: dict[tuple[str, int, str], KnownText] = {}
        self._path = path
        self._lines = enumerate(read_lines(path), 1)
        self._is_old = False

    def end(self) -> End:
        """What the first line says."""
        number, line = next(self._lines, (1, b""))
        first = self._object(number, line)
        if first.get("format") not in (FORMAT, OLD_FORMAT):
            raise self._fault(number, f"the format is not {FORMAT!r}")
        self._is_old = first["format"] == OLD_FORMAT
        return End(*self._values(number, first.get("end"), End._fields))

    def entries(self) -> Iterator[Entry]:
        """The entries, while texts on the way are kept."""
        for number, line in self._lines:
            content = self._object(number, line)
            if "text" in content:
                self._keep(number, content["text"])
            else:
                yield self._values(number, content.get("entry"), COLUMNS)

    def _keep(self, number: int, text: object) -> None:
        names = OLD_TEXT if self._is_old else TEXT
        found = dict(zip(names, self._values(number, text, names), strict=True))
        if self._is_old:
            is_whole = chain.fits(found["sha256"], chain.body_hash(found["body"]))
            known = KnownText(found["sha256"], None if is_whole else "was changed")
        else:
            published = PublishedText(0, found, found["sha256"], found["seal"])
            is_of_format = chain.text_format(found["sha256"], found) == found["format"]
            fault = published.fault if is_of_format else "was changed"
            known = KnownText(found["sha256"], fault, tuple(found["languages"]))
        self.texts[key_of(found)] = known

    def _object(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            return parsed(line)
        except ValueError as error:
            raise self._fault(number, str(error)) from error

    def _values(self, number: int, values: object, names: Sequence[str]) -> tuple[Any, ...]:
        if not isinstance(values, dict) or set(values) != set(names):
            raise self._fault(number, f"an object with the keys {', '.join(names)} is expected")
        for name in names:
            if not _can_be_meant(name, values[name]):
                raise self._fault(number, f"the value of {name!r} cannot be meant")
        return tuple(values[name] for name in names)

    def _fault(self, number: int, what: str) -> NoLedger:
        return NoLedger(f"{self._path}, line {number}: {what}.")


def _can_be_meant(name: str, value: object) -> bool:
    if name in NUMBERS:
        return is_number(value)
    if name in DOCUMENTS:
        return True
    if name == "languages":
        return isinstance(value, list) and all(isinstance(code, str) for code in value)
    return isinstance(value, str)


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"

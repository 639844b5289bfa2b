"""Header fields with any letters in them, as encoded words (RFC 2047).

Written here because Python's own folding loses spaces between encoded words, or writes two of them
without a space in between.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from email.headerregistry import Address
from email.policy import EmailPolicy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from email.message import EmailMessage

    # generic for type checkers alone
    Policy = EmailPolicy[EmailMessage]
else:
    Policy = EmailPolicy

LONGEST_WORD = 75
"""Characters of an encoded word, its delimiters included (RFC 2047 §2)."""
LONGEST_LINE = 76
"""Characters of a line that holds an encoded word (RFC 2047 §2)."""
_FRAME = "=?utf-8?{}?{}?="
_FRAME_LENGTH = len(_FRAME.format("q", ""))
_LITERAL = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
"""Bytes that stand for themselves in a "Q" word, in a display name too (RFC 2047 §5 (3))."""
_QUOTED = [
    "_" if byte == 0x20 else chr(byte) if byte in _LITERAL else f"={byte:02X}"
    for byte in range(0x100)
]
"""How each byte stands in a "Q" word (RFC 2047 §4.2)."""
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""A display name that needs no quotation marks (RFC 5322 §3.2.3)."""


class HeaderPolicy(Policy):
    """Writes Subject, addresses and List-Unsubscribe by this module, all else as Python does."""

    def fold(self, name: str, value: Any) -> str:
        """A header with its line ends, as :meth:`email.policy.Policy.fold`."""
        parts = _parts(name, value)
        return super().fold(name, value) if parts is None else self._in_lines(name, parts)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same in ASCII."""
        parts = _parts(name, value)
        if parts is None:
            return super().fold_binary(name, value)
        return self._in_lines(name, parts).encode("ascii")

    def _in_lines(self, name: str, parts: list[str]) -> str:
        lines = [f"{name}: {parts[0]}"]
        for part in parts[1:]:
            if len(lines[-1]) + 1 + len(part) > LONGEST_LINE:
                lines.append("")
            lines[-1] += f" {part}"
        return self.linesep.join(lines) + self.linesep


def unstructured(text: str, *, name: str) -> str:
    """The value of the header ``name`` as it is sent, in one line of ASCII."""
    return " ".join(_words(text, name))


def _parts(name: str, value: Any) -> list[str] | None:
    """The parts of a header that we compose; None for other headers and for parsed ones."""
    if name.lower() == "list-unsubscribe":
        # in one line, which RFC 5322 §2.1.1 lets be long: Python would encode a long address, also
        # of a parsed message, and no mail program would find it (RFC 2369 §2)
        return [str(value)]
    if getattr(value, "name", "").lower() == "subject":
        return _words(str(value), name)
    if not hasattr(value, "addresses"):
        return None
    *others, last = [_address(address, name) for address in value.addresses]
    return [part for parts in others for part in (*parts[:-1], f"{parts[-1]},")] + last


def _words(text: str, name: str) -> list[str]:
    plain = text.split(" ")
    if text.isascii() and "=?" not in text and max(map(len, plain)) <= LONGEST_WORD:
        return plain
    return list(_encoded(text, name))


def _address(address: Address, header: str) -> list[str]:
    name = address.display_name
    if not name:
        return [address.addr_spec]
    if name.isascii() and "=?" not in name and len(name) < LONGEST_WORD:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        names = name.split(" ") if _ATOMS.fullmatch(name) else [f'"{quoted}"']
    else:
        names = list(_encoded(name, header))
    return [*names, f"<{address.addr_spec}>"]


def _encoded(text: str, name: str) -> Iterator[str]:
    """Encoded words, each of which fits into a line behind the header's name.

    They hold the white space of the text, because white space between two of them does not count
    (RFC 2047 §6.2). They end with a word of the text where they can: some readers keep what is
    between two of them in a display name.
    """
    most = min(LONGEST_WORD, LONGEST_LINE - len(f"{name}: ")) - _FRAME_LENGTH
    piece = ""
    for word in re.findall(r" *[^ ]+ *", text):
        if piece and _length(piece + word) > most:
            yield _word(piece)
            piece = ""
        for sign in word:
            if _length(piece + sign) > most:
                yield _word(piece)
                piece = ""
            piece += sign
    yield _word(piece)


def _length(text: str) -> int:
    return len(min(_quoted(text), _base64(text), key=len))


def _word(text: str) -> str:
    """One encoded word, in the shorter of the two encodings (RFC 2047 §4)."""
    quoted, encoded = _quoted(text), _base64(text)
    if len(quoted) <= len(encoded):
        return _FRAME.format("q", quoted)
    return _FRAME.format("b", encoded)


def _base64(text: str) -> str:
    """The "B" encoding (RFC 2047 §4.1)."""
    return b64encode(text.encode()).decode("ascii")


def _quoted(text: str) -> str:
    """The "Q" encoding (RFC 2047 §4.2)."""
    return "".join(map(_QUOTED.__getitem__, text.encode()))

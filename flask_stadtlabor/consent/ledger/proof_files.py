"""Reading proof files within limits: any invalid file is refused with a sentence.

The files come from people and other machines: one may be of another type, truncated or malicious.
The checks are those of JSON, and each kind of file adds its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask_stadtlabor.db import LARGEST_INTEGER

LONGEST_FILE = 8 * 2**20
"""Bytes that a checkpoint or a receipt has at most; a receipt names each of its texts."""
LONGEST_LINE = 32 * 2**20
"""Bytes that a line of a ledger or of checkpoints has at most; a consent text stands in one."""


class Unreadable(Exception):
    """A file that cannot be what it is taken for; the message says why."""


def read_file(path: Path) -> bytes:
    """What a file holds; raises :class:`Unreadable` for one that is too long or not there."""
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_FILE + 1)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > LONGEST_FILE:
        raise Unreadable(f"{path} is longer than {LONGEST_FILE // 2**20} MiB.")
    return content


def read_lines(path: Path) -> Iterator[bytes]:
    """A file line by line; raises :class:`Unreadable` as :func:`read_file` does."""
    number = 0
    try:
        with path.open("rb") as file:
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise Unreadable(
                        f"{path}, line {number}: it is longer than {LONGEST_LINE // 2**20} MiB."
                    )
                yield line
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error


def parsed(content: bytes) -> dict[str, Any]:
    """A JSON object; raises ``ValueError`` with what is wrong instead, as the end of a sentence."""
    try:
        value = json.loads(content.decode())
        if b"\\u" in content:
            # lone surrogates, which JSON can express and UTF-8 cannot
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeError as error:
        raise ValueError("this is no text in UTF-8") from error
    except RecursionError as error:
        raise ValueError("this is nested too deeply") from error
    except ValueError as error:
        raise ValueError("this is no JSON") from error
    if not isinstance(value, dict):
        raise ValueError("this is no object")
    return value


def is_number(value: object) -> bool:
    """Whether this is a whole number that a database can hold."""
    return type(value) is int and 0 <= value <= LARGEST_INTEGER

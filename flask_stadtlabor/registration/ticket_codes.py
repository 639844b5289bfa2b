"""Ticket codes: short enough to be typed at the door, long enough not to be guessed."""

from __future__ import annotations

import re
import secrets

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without signs that are mistaken for each other (0 and O, 1 and I)."""
LENGTH = 10
"""Fifty bits; only staff can try one, and it opens nothing but the check-in."""
EXAMPLE = "2345678923"
"""For tickets that are nobody's."""


def new_ticket_code() -> str:
    """A fresh code, in capitals and without blanks."""
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def readable(code: str) -> str:
    """The code as a ticket shows it, in two groups: ``7KMQ2-XW9RT``."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def normal(text: str) -> str | None:
    """The code that somebody typed or scanned, however it was written; None for anything else.

    A scanned ticket holds an address that ends in the code.
    """
    last = text.strip().rstrip("/").rpartition("/")[2]
    code = re.sub(r"[\s-]", "", last).upper()
    return code if len(code) == LENGTH and set(code) <= set(SIGNS) else None

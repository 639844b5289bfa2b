"""Short names, for addresses and exports, that nobody has to invent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from flask_stadtlabor.db import SLUG_LENGTH

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
LONGEST_SLUG = 60
"""Characters of a title that get into an address."""


def free_slug(title: str, taken: Collection[str], otherwise: str) -> str:
    """A name for addresses, made of a title, that is not taken; of a title without letters it is
    made of ``otherwise``."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_UMLAUTS))
    letters = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode())
    stem = letters.strip("-")[:LONGEST_SLUG].strip("-") or otherwise
    names = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)[:SLUG_LENGTH]

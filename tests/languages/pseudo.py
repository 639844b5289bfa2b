"""Languages that nobody speaks, made of all our messages: whatever is not in them was forgotten.

They take the place of real ones, since Babel must know how these write dates, numbers and plurals:
Polish has four plural forms, Arabic six and runs from right to left.
"""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from itertools import cycle
from pathlib import Path
from string import ascii_letters

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from scripts import messages

LONGER = 1.4
START, END = "⟦⟧"
"""Around every message, so that what stands outside of them came from no catalog."""

ACCENTED = str.maketrans(
    "AaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpQqRrSsTtUuVvWwXxYyZz",
    "ÅåƁƀÇçĐđÉéƑƒĜĝĤĥÎîĴĵĶķĻļṀṁÑñÖöÞþǪǫŔŕŠšŢţÛûṼṽŴŵẊẋÝýŽž",
)
ARABIC = str.maketrans(ascii_letters, 2 * "ابتدهفجحيكلمنوعقرسشطثظذزخص")
LETTERS = {"pl": ACCENTED, "ar": ARABIC}

_KEPT = re.compile(r"(%\(\w+\)[a-z]|\{\w+\}|%%|<[^>]+>|&\w+;|https?://\S+|\bArt\. \d+)")
_VOWEL = re.compile(r"[aeiouy]")


def catalog_of(language: str) -> Catalog:
    """All our messages in the pseudo-language that takes the place of ``language``."""
    catalog = Catalog(language)
    for message in messages.messages():
        if message.pluralizable:
            singular, plural = message.id
            more = [distorted(plural, language)] * (catalog.num_plurals - 1)
            catalog.add(message.id, (distorted(singular, language), *more))
        elif message.id:
            catalog.add(message.id, distorted(message.id, language), context=message.context)
    return catalog


def distorted(message: str, language: str) -> str:
    """The message with every word longer and in foreign letters; placeholders and markup stay."""
    parts = _KEPT.split(message)
    words = [
        part if index % 2 else _longer(part).translate(LETTERS[language])
        for index, part in enumerate(parts)
    ]
    return f"{START}{''.join(words)}{END}"


def _longer(words: str) -> str:
    """Every word with its vowels as often as it takes; a word without one stays."""
    missing = round(len(words) * (LONGER - 1))
    places = [found.start() for found in _VOWEL.finditer(words)]
    more = dict.fromkeys(places, 1)
    for place, _ in zip(cycle(places), range(missing), strict=False):
        more[place] += 1
    return "".join(letter * more.get(place, 1) for place, letter in enumerate(words))


def write(folder: Path, *languages: str) -> Path:
    """Compiled catalogs of these languages in a folder that a host may name."""
    for language in languages:
        target = folder / language / "LC_MESSAGES" / "stadtlabor.mo"
        target.parent.mkdir(parents=True)
        target.write_bytes(_compiled(language))
    return folder


@cache
def _compiled(language: str) -> bytes:
    """Kept, because reading all code and templates takes seconds."""
    file = BytesIO()
    write_mo(file, catalog_of(language))
    return file.getvalue()

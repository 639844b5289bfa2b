"""The one folding by which people and events are found, and by which names are put in order.

Texts are folded before they are stored, and what is looked for is folded alike, because the
databases disagree: SQLite folds ASCII alone, PostgreSQL nothing, and MariaDB by its collation.
Letters are folded to those without marks (Unicode's NFKD); German ä, ö and ü are found by ae, oe
and ue too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from flask_stadtlabor.db import SORT_KEY_LENGTH
from flask_stadtlabor.text import printable

LONGEST_SEARCH = 200
"""Characters of a search that are looked at."""
MOST_WORDS = 12
"""Words of a search that are looked for; each is a condition of its own for the database."""
FEWEST_DIGITS = 6
"""Digits of what is taken for a telephone number, and last digits by which one is found."""

_LETTERS = str.maketrans(
    {
        "ı": "i", "ł": "l", "đ": "d", "ð": "d", "ø": "o", "æ": "ae", "œ": "oe", "þ": "th",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "e",
    }
)  # fmt: skip
"""Letters with a mark that Unicode does not decompose."""
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "đ": "dj"})
_SPELLING = re.compile("([aou])e|(d)j")
_APOSTROPHES = re.compile("['’‘‛ʼʹʻʽʾʿ`´′＇]")
_NUMBER = re.compile(rf"\d(?:[ -]*\d){{{FEWEST_DIGITS - 1},}}")
_ACE = "xn--"
_LABEL = re.compile(rf"\b{_ACE}[a-z0-9-]{{1,59}}", re.ASCII)
"""A label of a domain in ASCII, of 63 characters at most (RFC 1035), as long ones take long."""
_VARIATIONS = frozenset(map(chr, range(0xFE00, 0xFE10)))
"""Variation selectors."""
_TATWEEL = "\u0640"
"""Makes an Arabic word longer, and is none of its letters."""
_PARTICLES = {
    "von", "vom", "van", "zu", "zum", "zur", "und", "der", "den", "dem", "des", "ten", "ter", "te",
    "'t",
}  # fmt: skip
"""Those of German and Dutch names, written large or small."""
_SMALL_PARTICLES = {
    "de", "del", "della", "di", "da", "do", "das", "dos", "du", "la", "las", "los",
    "aan", "in", "op", "af", "av",
}  # fmt: skip
"""Those that belong to the name where they have a capital: De Luca, Op den Camp."""
_ARTICLE = re.compile("^(?:al|el)-(?=.)")
"""The Arabic article before a family's name; with a capital it belongs to the name."""


def search_form(texts: Iterable[str]) -> str:
    """All words of ``texts`` as they are stored to be searched: each once, sorted, blanks between.

    A word that can be spelt in several ways stands there in each: „Müller“ as ``muller`` and
    ``mueller``, „O’Neill“ as ``o``, ``neill`` and ``oneill``. A telephone number stands there
    without what is between its digits, and an internationalised domain (RFC 5891) in both forms.
    """
    found: set[str] = set()
    for text in texts:
        text = _LABEL.sub(lambda label: f"{label[0]} {_domain(label[0])}", text.casefold())
        for spelling in {text, unicodedata.normalize("NFC", text).translate(_SPELT_OUT)}:
            for parts in _folded(spelling):
                found.update(parts, ["".join(parts)])
        found.update(re.sub("[ -]", "", number) for number in _NUMBER.findall(_plain(text)))
    found.update([_SPELLING.sub(r"\1\2", word) for word in found])
    return " ".join(sorted(found))


def search_words(text: str) -> list[str]:
    """The words of a search in the form in which texts are searched, as many as are looked for.

    Signs alone are kept as they are, and found nowhere.
    """
    return _looked_for(_words(searched(text)), text)


def person_search_words(text: str) -> list[str]:
    """The words of a search for people, in which a telephone number is one word.

    Of a number the last digits are looked for, as it is written with the prefix of its country or
    without: „+49 (0)234 12345“ finds „0234 / 123-45“. That takes no table of prefixes.
    """
    plain = _plain(searched(text))
    numbers = [re.sub(r"\D", "", number)[-FEWEST_DIGITS:] for number in _NUMBER.findall(plain)]
    return _looked_for([*numbers, *_words(_NUMBER.sub(" ", plain))], text)


def _looked_for(words: list[str], text: str) -> list[str]:
    return (words or searched(text).split())[:MOST_WORDS]


def searched(text: str) -> str:
    """A search as it is shown again: at most :data:`LONGEST_SEARCH` characters."""
    return printable(text)[:LONGEST_SEARCH].strip()


def is_long_search(text: str) -> bool:
    """Whether a search holds more than :func:`search_words` looks for."""
    text = text.strip()
    return len(text) > LONGEST_SEARCH or len(_words(text)) > MOST_WORDS


def sort_key(family_name: str, given_name: str) -> str:
    """What a person is listed by, byte by byte on every database.

    By DIN 5007, variant 1, the order of German dictionaries, name before name: ä as a, ß as ss,
    case, marks and apostrophes aside, hyphens as blanks. Particles and articles before the
    family's name are left out: „von der Leyen“ is listed with L, „'t Hooft“ with H, „de la Cruz“
    with C, „al-Assad“ with A of Assad. Whoever has one name alone is listed by it.
    """
    names = [_without_particles(family_name), given_name]
    # a blank comes before the hyphen, and both before every letter: Berg, Berg-Maier, Bergmann
    keys = ("-".join(_words(_APOSTROPHES.sub("", name))) for name in names)
    return " ".join(key for key in keys if key)[:SORT_KEY_LENGTH]


def _without_particles(name: str) -> str:
    words = _APOSTROPHES.sub("'", name).split()
    while len(words) > 1 and (words[0].lower() in _PARTICLES or words[0] in _SMALL_PARTICLES):
        del words[0]
    return _ARTICLE.sub("", " ".join(words))


def _words(text: str) -> list[str]:
    return [part for word in _folded(text) for part in word]


def _folded(text: str) -> list[list[str]]:
    """The words of a text, each as the parts between its hyphens and apostrophes."""
    words = ([part for part in word.split("-") if part] for word in _plain(text).split())
    return [parts for parts in words if parts]


def _plain(text: str) -> str:
    """The text in letters without marks and case, figures, blanks, and hyphens for apostrophes."""
    text = unicodedata.normalize("NFKD", _APOSTROPHES.sub("-", text)).casefold()
    return "".join(map(_sign, unicodedata.normalize("NFKD", text).translate(_LETTERS)))


@lru_cache(maxsize=4096)
def _sign(sign: str) -> str:
    """What is left of one sign of a decomposed text."""
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.digit(sign))
    if category == "Pd":
        return "-"
    if sign == "\n":
        return sign  # no number goes on in the next line
    if category == "Cf" or unicodedata.combining(sign) or sign == _TATWEEL or sign in _VARIATIONS:
        return ""
    # vowels of Indic scripts are marks; pictures may be newer than Python's tables
    is_word = category[0] in "LNM" or category in ("So", "Cn", "Co")
    return sign if is_word else " "


def _domain(label: str) -> str:
    """A label of a domain as people write it; one that cannot be read as it is."""
    try:
        return label.removeprefix(_ACE).encode().decode("punycode")
    except UnicodeError:
        return label

"""Names that may stand in a mail: nothing but a name, because a stranger may have typed it.

Whoever types somebody else's address decides what stands in the fields for the name. Forms take
what they like; a mail and its calendar entry show a name only where it can be nothing else: no
address, no link, no telephone number, no line of text.
"""

from __future__ import annotations

import re
import unicodedata

from flask_stadtlabor.text import without_isolates

LONGEST = 40
"""The most characters of a given or family name."""
MOST_WORDS = 4
"""The most words of a given or family name; “von der Leyen” has three."""
MOST_WORDS_IN_ALL = 6
MOST_HAN = 6
"""The most characters in a script that separates words by no spaces."""
_LINKS = ("www", "http", "https")
_SIGNS = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}'’ʼ.·\N{KATAKANA MIDDLE DOT}"
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_DOTTED = re.compile(r"(?:[^.]+\.?|[^.]+\.[-\N{HYPHEN}\N{NON-BREAKING HYPHEN}][^.]+\.?)")
"""“Dr.” and “Dr.-Ing.”; a dot within letters is that of a domain."""
_INITIALS = re.compile(r"(?:\w\.)+\w?")
"""“J.R.R.”"""
_DOT_AMONG_LATIN = re.compile(r"[a-z]·(?<!l·)|·[a-z](?<!·l)")
"""Names have it between letters l (Catalan) and in other scripts."""


def plain_name(*parts: str) -> str | None:
    """Given and family name in one line, or the one there is; None where any is no plain name."""
    texts = [without_isolates(part) for part in parts if part]
    words = [word for text in texts for word in text.split()]
    if not words or len(words) > MOST_WORDS_IN_ALL or not all(map(_is_plain, texts)):
        return None
    return " ".join(words)


def _is_plain(text: str) -> bool:
    # compatibility characters such as full-width letters are normalised first
    seen = unicodedata.normalize("NFKC", text)
    words = [word for word in seen.split(" ") if word]
    return (
        len(seen) <= LONGEST
        and 0 < len(words) <= MOST_WORDS
        and all(map(_is_sign_of_names, seen))
        and sum(unicodedata.name(sign, "").startswith("CJK") for sign in seen) <= MOST_HAN
        and all(map(_is_plain_word, words))
    )


def _is_sign_of_names(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LM" or sign in f" {_SIGNS}{_JOINERS}"


def _is_plain_word(word: str) -> bool:
    letters = "".join(sign for sign in word if unicodedata.category(sign)[0] == "L")
    if not letters or letters.casefold().startswith("www") or letters.casefold() in _LINKS:
        return False
    bare = "".join(sign for sign in unicodedata.normalize("NFD", word) if not _is_mark(sign))
    if _DOT_AMONG_LATIN.search(bare.casefold()):
        return False
    return bool(_DOTTED.fullmatch(bare) or _INITIALS.fullmatch(bare))


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "M" or sign in _JOINERS

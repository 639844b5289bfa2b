"""What a page, a mail, a calendar or a feed says, and which of it came from no catalog."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from typing import Any

from babel import Locale
from bs4 import BeautifulSoup, NavigableString

from tests.languages.pseudo import END, START

SPOKEN = (
    "title",
    "alt",
    "placeholder",
    "label",
    "aria-label",
    "aria-description",
    "aria-roledescription",
)
"""Attributes that people read or hear; of those named ``data-``, whatever holds a space."""
CODES = re.compile(
    r"https?://\S+|/[\w./?=&-]+|\S+@[\w.-]*\w|\b[0-9a-f]{8,}\b|\b[2-9A-Z]{5}[- ][2-9A-Z]{5}\b"
    r"|\bstaff:\w+"
)
"""Addresses, checksums, the codes of tickets, and staff whose name the host does not tell."""
_MESSAGE = re.compile(f"{START}[^{START}{END}]*{END}")


def of_page(html: str, language: str) -> str:
    """All that a page or the HTML of a mail says in this language, to eyes, ears and machines."""
    page = BeautifulSoup(html, "html.parser")
    for element in page.select("[lang]"):
        if not element.decomposed and element["lang"] != language:
            element.decompose()
    return "\n".join(filter(None, (part.strip() for part in _parts(page))))


def _parts(page: BeautifulSoup) -> Iterator[str]:
    for element in page.find_all(True):
        if element.name == "meta" and element.get("content") and _is_spoken(element):
            yield str(element["content"])
        if element.name == "input" and element.get("type") in ("submit", "button"):
            yield str(element.get("value", ""))
        for name, value in element.attrs.items():
            if name in SPOKEN or (name.startswith("data-") and " " in str(value)):
                yield str(value)
    for node in page.find_all(string=True):
        if type(node) is NavigableString and node.parent.name not in ("script", "style"):
            yield str(node)


def _is_spoken(meta: Any) -> bool:
    name = str(meta.get("name") or meta.get("property") or "")
    return name.endswith(("description", "title", "alt"))


def of_mail(message: EmailMessage, language: str) -> str:
    """The subject and both bodies."""
    plain, rich = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert rich is not None
    return "\n".join(
        (message["Subject"], plain.get_content(), of_page(rich.get_content(), language))
    )


def foreign_words(said: str, known: Iterable[str]) -> set[str]:
    """The words outside of every message, but those that are ``known``."""
    while _MESSAGE.search(said):
        said = _MESSAGE.sub(" ", said)
    return set(re.findall(r"[^\W\d_]{2,}", CODES.sub(" ", said))) - set(known)


def words_in(value: Any, language: str = "de") -> set[str]:
    """The words of content that stand on pages in another language than its own two."""
    if isinstance(value, dict):
        if set(value) <= {"de", "en"}:
            return words_in(value.get(language, ""))
        return set().union(*(words_in(part) for part in value.values()))
    if isinstance(value, list):
        return set().union(*(words_in(part) for part in value))
    return set(re.findall(r"[^\W\d_]{2,}", str(value)))


def words_of_locale(language: str) -> set[str]:
    """Days, months and languages, as this language and the others write them."""
    locale = Locale.parse(language)
    forms = [
        name
        for table in (locale.days, locale.months)
        for context in table.values()
        for width in context.values()
        for name in width.values()
    ]
    languages = [locale.languages[code] for code in ("de", "en", language)]
    selves = [Locale.parse(code).get_display_name(code).title() for code in ("de", "en", language)]
    return words_in([*forms, *languages, *selves])

"""CONSUL's texts, names and times as ours: HTML becomes Markdown, whatever its author put in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape, unescape
from typing import Any, NamedTuple

import nh3

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.wall_times import stored_moment
from flask_stadtlabor.participation.consul.reading import Node, Row
from flask_stadtlabor.participation.people.models import LONGEST_PUBLIC_NAME
from flask_stadtlabor.pasted import TooMuch, markdown_from
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.text import LONGEST_MARKDOWN, printable, shorten

LONGEST_READ = 4 * LONGEST_MARKDOWN
"""Characters of a text in HTML that are looked at."""
LONGEST_SLUG = 60
FIRST_YEAR = 2000
"""CONSUL is younger."""
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?", re.ASCII
)
_LINK = re.compile(r"https?://[^\s<>()\[\]\"'\\]{1,500}")
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class Words(NamedTuple):
    """What a row says in one language."""

    title: str
    """Plain."""
    text: str
    """Markdown."""


class Said(NamedTuple):
    """What a row says: in the first language that it has, and in others where that differs."""

    language: str
    words: Words
    others: tuple[tuple[str, Words], ...]
    fell_back: tuple[str, ...]
    """The languages in which it reads as in an earlier one."""


def said_by(row: Row, languages: Sequence[str], words_of: Callable[[Node], Words]) -> Said:
    """What a row says in these languages; a missing text falls back to another language there."""
    found = [(code, words_of(row[code])) for code in languages if code in row]
    there = [(code, words) for code, words in found if words.title or words.text]
    if not there:
        return Said(languages[0], Words("", ""), (), ())
    (main, words), *rest = there
    others: dict[str, Words] = {}
    fell_back: list[str] = []
    for code, each in rest:
        if each == words or each in others.values():
            fell_back.append(code)
        else:
            others[code] = each
    return Said(main, words, tuple(others.items()), tuple(fell_back))


def localized(row: Row, languages: Sequence[str], field: str) -> LocalizedText:
    """A plain text in each language in which it differs from the ones before."""
    texts: dict[str, str] = {}
    for code in languages:
        text = line(row[code].get(field)) if code in row else ""
        if text and text not in texts.values():
            texts[code] = text
    return LocalizedText(texts)


def string(value: Any) -> str:
    """A value of an answer as text; what is none is empty."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def line(value: Any, limit: int = LONGEST_READ) -> str:
    """A plain text in one line, with nothing invisible in it."""
    return shorten(" ".join(printable(string(value)).split()), limit)


def from_html(value: Any) -> str:
    """The Markdown of a description."""
    html = string(value)[:LONGEST_READ]
    try:
        return markdown_from(html)
    except TooMuch:
        return from_plain(unescape(nh3.clean(html, tags=set())))


def from_plain(value: Any) -> str:
    """The Markdown that shows a plain text as it stands, line by line."""
    paragraphs = re.split(r"\n\s*\n", printable(string(value)[:LONGEST_READ]).strip())
    parts = [markdown_from(_as_html(each)) for each in paragraphs if each.strip()]
    return "\n\n".join(parts)


def _as_html(paragraph: str) -> str:
    return "<p>" + "<br>".join(escape(each.strip()) for each in paragraph.split("\n")) + "</p>"


def public_name(node: Node) -> str | None:
    """The public name of an author; None for nobody's, and for one that is a mail address."""
    author = node.get("public_author")
    name = line(author.get("username"), LONGEST_PUBLIC_NAME) if isinstance(author, dict) else ""
    return None if "@" in name else name or None


def name_in(node: Node, field: str) -> str:
    """The name of what a row belongs to, such as a geozone."""
    found = node.get(field)
    return line(found.get("name")) if isinstance(found, dict) else ""


def tag_names(node: Node) -> list[str]:
    """The names of a row's tags, in CONSUL's order."""
    connection = node.get("tags")
    edges = connection.get("edges") if isinstance(connection, dict) else None
    found = [edge for edge in edges if isinstance(edge, dict)] if isinstance(edges, list) else []
    names = [name_in(edge, "node") for edge in found]
    return list(dict.fromkeys(name for name in names if name))


def link(value: Any) -> str | None:
    """An address that can stand in Markdown; None for anything else."""
    text = string(value).strip()
    return text if _LINK.fullmatch(text) else None


def whole(value: Any) -> int:
    """A count; 0 for what is none."""
    written = string(value)
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else 0


def moment(value: Any) -> datetime | None:
    """A time as CONSUL writes it, cut to the hour: in the portal's zone where it names none.

    None for what cannot be read. Nothing was written later than now.
    """
    found = _TIME.fullmatch(string(value).strip())
    if found is None:
        return None
    wall, offset = f"{found[1]}T{found[2]}", found[3]
    try:
        if offset is None:
            read = stored_moment(wall, settings().timezone)
        else:
            zone = "+0000" if offset in ("Z", "UTC") else offset.replace(":", "")
            read = datetime.strptime(wall + zone, "%Y-%m-%dT%H:%M%z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return min(read, now()) if read.year >= FIRST_YEAR else None


def slug_of(name: str, instead: str) -> str:
    """A slug made of a name's letters; ``instead`` where none of them can stand in one."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    letters = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode())
    return letters.strip("-")[:LONGEST_SLUG].strip("-") or instead


def free_slug(name: str, instead: str, taken: Mapping[str, object] | set[str]) -> str:
    """A slug as :func:`slug_of` makes it, with a number where it is taken."""
    first = slug_of(name, instead)
    slug, number = first, 1
    while slug in taken:
        number += 1
        slug = f"{first}-{number}"
    return slug

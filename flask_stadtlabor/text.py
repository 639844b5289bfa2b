"""Text: Markdown through an allow-list, its plain words, and the form that is searched."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_MARKDOWN = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False})
_TAGS = {
    "a", "abbr", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h2", "h3", "h4", "hr",
    "li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HEADING = re.compile(r"(</?h)([1-6])>")


@lru_cache(maxsize=64)
def markdown(source: str) -> Markup:
    """Render Markdown to safe HTML.

    Raw HTML is shown as text; only an allow-list of tags remains (S9). Headings move to the third
    and fourth level, below those of the page, and leave no level out on the way.
    """
    html = _MARKDOWN.render(source)
    highest = min((int(level) for _, level in _HEADING.findall(html)), default=1)
    html = _HEADING.sub(lambda found: _lower_heading(found, 3 - highest), html)
    return Markup(  # noqa: S704 - cleaned by nh3
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes={"http", "https", "mailto", "tel"},
            link_rel="noopener",
        )
    )


def _lower_heading(found: re.Match[str], by: int) -> str:
    return f"{found[1]}{min(int(found[2]) + by, 4)}>"


def plain(source: str) -> str:
    """The words of a Markdown text without its marks, for previews, calendars and mails."""
    tokens = _MARKDOWN.parse(source)
    blocks = [_inline_words(token.children or []) for token in tokens if token.type == "inline"]
    return "\n\n".join(block for block in blocks if block)


def blocks(source: str) -> list[str]:
    """What a Markdown text says, a paragraph, heading, list item or table cell at a time.

    Unlike :func:`plain` it tells where links lead, because that is a part of what is said.
    """
    found: list[str] = []
    for token in _MARKDOWN.parse(source):
        if token.type == "inline":
            found.append(_inline_words(token.children or [], with_addresses=True))
        elif token.type in ("fence", "code_block"):
            found += token.content.strip().split("\n\n")
    return [block for block in found if block]


def _inline_words(children: list[Token], *, with_addresses: bool = False) -> str:
    words = []
    address = ""
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif child.type in ("text", "code_inline", "html_inline"):
            words.append(child.content)
        elif child.type == "link_open":
            address = str(child.attrGet("href"))
        elif child.type == "link_close" and with_addresses:
            words.append(f" ({address})")
    return "".join(words).strip()


def search_form(text: str) -> str:
    """The form in which texts are searched: composed and case-folded.

    SQLite's LIKE ignores case for ASCII letters only, so that „ü“ would not find „Ü“.
    """
    return unicodedata.normalize("NFC", text).casefold()


def printable(text: str) -> str:
    """The text with LF line ends and without characters that XML and iCalendar forbid.

    Control characters, surrogates and noncharacters go (XML 1.0 §2.2, RFC 5545 §3.1); tabs and line
    ends stay.
    """
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut between words, with an ellipsis where it was cut."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:–") + "…"

"""Text: Markdown through an allow-list, its plain words, and which characters it may hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

LONGEST_MARKDOWN = 100_000
"""Characters of a Markdown text that are looked at; longer ones are not taken in."""
MOST_CELLS = 10_000
"""Cells that the tables of a text may have. A row is filled up to the length of the first one, so
that a short text could become a page of hundreds of megabytes."""
_OPTIONS = {"html": False, "linkify": False, "typographer": False, "maxNesting": 20}
_MARKDOWN = MarkdownIt("js-default", _OPTIONS)
_WITHOUT_TABLES = MarkdownIt("js-default", _OPTIONS).disable("table")
_TAGS = {
    "a", "abbr", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h2", "h3", "h4", "hr",
    "li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"*": {"dir"}, "a": {"href", "title"}, "ol": {"start"}}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
"""Whatever some program takes for the end of a line (Unicode, chapter 5.8)."""
_AROUND = "\xad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
"""Invisible characters that copying adds; joiners are kept, as part of their word."""
_ISOLATES = re.compile("[\u2066-\u2069]")
_DIRECTIONS = {"L": "ltr", "R": "rtl", "AL": "rtl"}
"""By the class of a letter (UAX #9)."""
_HEADING = re.compile(r"(</?h)([1-6])(?=[ >])")


@lru_cache(maxsize=64)
def markdown(source: str, rel: str = "noopener") -> Markup:
    """Render Markdown to safe HTML; ``rel`` is that of its links.

    Raw HTML is shown as text; only an allow-list of tags remains (S9). Headings move to the third
    and fourth level, below those of the page, and leave no level out on the way. A text
    whose tables have more than :data:`MOST_CELLS` is shown without tables, as it was written.
    """
    return _rendered(_tokens(source), rel)


@lru_cache(maxsize=64)
def citizens_markdown(source: str) -> Markup:
    """Markdown that somebody from the street wrote: its links earn nothing (S9).

    Each of its blocks runs the way of its first letter, whatever language the page is in.
    """
    tokens = _tokens(source)
    for token in tokens:
        if token.level == 0 and token.nesting == 1:
            token.attrSet("dir", "auto")
    return _rendered(tokens, "nofollow ugc noopener")


def _rendered(tokens: Sequence[Token], rel: str) -> Markup:
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    highest = min((int(level) for _, level in _HEADING.findall(html)), default=1)
    html = _HEADING.sub(lambda found: _lower_heading(found, 3 - highest), html)
    return Markup(  # noqa: S704 - cleaned by nh3
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes={"http", "https", "mailto", "tel"},
            link_rel=rel,
        )
    )


def _parser(source: str) -> tuple[MarkdownIt, str]:
    """A parser with limits for this text, and the part of the text that it reads."""
    # with the line ends that markdown-it reads, so that what is counted is what it sees
    source = re.sub(r"\r\n?", "\n", source[:LONGEST_MARKDOWN])
    cells = sum(
        (max(line.count("|") for line in lines) + 1) * len(lines)
        for lines in (block.split("\n") for block in re.split(r"\n\s*\n", source) if "|" in block)
    )
    return (_WITHOUT_TABLES if cells > MOST_CELLS else _MARKDOWN), source


def _tokens(source: str) -> list[Token]:
    parser, source = _parser(source)
    return parser.parse(source)


def _lower_heading(found: re.Match[str], by: int) -> str:
    return f"{found[1]}{min(int(found[2]) + by, 4)}"


def plain(source: str) -> str:
    """The words of a Markdown text without its marks, for calendars, mails and searches."""
    tokens = _tokens(source)
    blocks = [_inline_words(token.children or []) for token in tokens if token.type == "inline"]
    return "\n\n".join(block for block in blocks if block)


def excerpt(source: str, limit: int) -> str:
    """The beginning of a Markdown text in one line, for previews; see :func:`in_one_line`."""
    return shorten(in_one_line(source), limit)


def in_one_line(source: str) -> str:
    """The words of a Markdown text without its marks, one block after the other.

    Where a block ends without a sign of its own, one stands between it and the next: a comma
    between the items of a list, so that they stay apart, a colon before a list or below a heading.
    """
    line, before, kind = "", "", ""
    for token in _tokens(source):
        kind = _ONE_LINE_KINDS.get(token.type, kind)
        words = _inline_words(token.children or []) if token.type == "inline" else ""
        if not words:
            continue
        line += f"{_sign_between(line, before, kind)} {words}" if line else words
        before, kind = kind, ""
    return line


_ONE_LINE_KINDS = {
    "heading_open": "heading",
    "list_item_open": "item",
    "td_open": "item",
    "th_open": "item",
}
"""What begins a block that does not end as a paragraph does."""


def _sign_between(line: str, before: str, kind: str) -> str:
    end = line.rstrip("”“’\"')]»«")[-1:]
    if unicodedata.category(end or "-").startswith("P"):
        return ""
    if before == kind == "item":
        return ","
    return ":" if before == "heading" or kind == "item" else "."


def blocks(source: str, *, with_marks: bool = False) -> list[str]:
    """What a Markdown text says, a paragraph, heading, list item or table cell at a time.

    Unlike :func:`plain` it tells where links lead, because that is a part of what is said;
    ``with_marks`` it begins items of a list with their hyphen or number.
    """
    found: list[str] = []
    mark = ""
    for token in _tokens(source):
        if token.type == "list_item_open" and with_marks:
            mark = f"{token.info}{token.markup} " if token.info else "- "
        elif token.type == "inline":
            said = _inline_words(token.children or [], with_addresses=True)
            found.append(f"{mark}{said}" if said else "")
            mark = ""
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


def written_direction(text: str) -> str | None:
    """``ltr`` or ``rtl`` by its first letter, as ``dir="auto"`` has it; None without a letter."""
    for sign in text:
        if (found := unicodedata.bidirectional(sign)) in _DIRECTIONS:
            return _DIRECTIONS[found]
    return None


def trimmed(text: str) -> str:
    """The text without blanks and invisible signs around it.

    Isolates (UAX #9), by which a name keeps its direction, stay where each has its end; a single
    one would turn round what follows the text.
    """
    text = text if _has_whole_isolates(text) else _ISOLATES.sub("", text)
    begin, end = 0, len(text)
    while begin < end and _is_around(text[begin]):
        begin += 1
    while begin < end and _is_around(text[end - 1]):
        end -= 1
    return text[begin:end]


def _is_around(sign: str) -> bool:
    return sign.isspace() or sign in _AROUND


def without_isolates(text: str) -> str:
    """The text without signs that keep its direction apart, where it is no text but an address."""
    return _ISOLATES.sub("", text)


def _has_whole_isolates(text: str) -> bool:
    depth = 0
    for sign in _ISOLATES.findall(text):
        depth += -1 if sign == "\N{POP DIRECTIONAL ISOLATE}" else 1
        if depth < 0:
            return False
    return depth == 0


def unprintable(text: str) -> set[str]:
    """The characters that no page, calendar or feed can hold, line ends left aside."""
    return set(_UNPRINTABLE.findall(text.replace("\r", "")))


def printable(text: str) -> str:
    """The text with LF line ends and without characters that XML and iCalendar forbid.

    Control characters, surrogates and noncharacters go (XML 1.0 §2.2, RFC 5545 §3.1); tabs and line
    ends stay. Whatever else ends a line somewhere (U+0085, U+2028, U+2029 …) becomes LF too. U+FEFF
    goes as well: in front of a text it is a byte order mark, which some programs take away.
    """
    return _UNPRINTABLE.sub("", _LINE_END.sub("\n", text)).replace("\ufeff", "")


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut between words, with an ellipsis where it was cut."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" .,;:–") + "…"

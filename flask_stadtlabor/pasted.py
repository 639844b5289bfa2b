"""Formatted text from a clipboard (Word, Google Docs, LibreOffice, web pages) as Markdown.

What our renderer shows survives: headings, bold, italic, lists, links, quotations, tables. All else
becomes plain words; pictures, scripts and styles vanish.
"""

from __future__ import annotations

import nh3

MOST_TAGS = 10_000
"""Tags that are looked at; a long text from a word processor has some thousands."""
_TAGS = {
    "a", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "i", "li", "ol", "p", "pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr",
    "ul",
}  # fmt: skip
_WITH_CONTENT = {
    "iframe", "math", "noscript", "object", "script", "select", "style", "svg", "template",
    "textarea", "title", "xml",
}  # fmt: skip
"""Elements of which nothing is left, not even words."""


class TooMuch(ValueError):
    """More than anybody pastes; it would take long."""


def markdown_from(html: str) -> str:
    """The Markdown of pasted HTML, cleaned first by an allow-list; raises :class:`TooMuch`."""
    if html.count("<") > MOST_TAGS:
        raise TooMuch(f"more than {MOST_TAGS} tags")
    clean = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_WITH_CONTENT,
        # by style and class alone, word processors tell what is bold or belongs to a list
        attributes={"a": {"href"}, "*": {"class", "style"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    # a tenth of a worker's memory, for what only somebody who pastes needs
    from flask_stadtlabor.pasted_elements import as_markdown

    return as_markdown(clean)

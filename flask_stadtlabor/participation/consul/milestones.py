"""Milestones as paragraphs of one text: the API does not say what they belong to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from flask_stadtlabor.dates import format_short_day
from flask_stadtlabor.i18n import use_language
from flask_stadtlabor.participation.consul.reading import Node, Row, Rows, any_node
from flask_stadtlabor.participation.consul.texts import Words, from_html, from_plain, line, string

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?!\d)", re.ASCII)


def in_order(rows: Rows) -> list[tuple[int, Row]]:
    """The milestones by their day."""
    return sorted(rows.items(), key=lambda item: (_day(item[1]) or date.max, item[0]))


def paragraph(row: Row, languages: Sequence[str]) -> dict[str, str]:
    """A milestone in each language, where it has words."""
    day = _day(row)
    made = {}
    for code in languages:
        words = _words(row.get(code) or any_node(row))
        with use_language(code):
            heading = [words.title] if words.title else []
            heading += [format_short_day(day)] if day is not None else []
        parts = [f"## {from_plain(', '.join(heading))}" if heading else "", words.text]
        if text := "\n\n".join(part for part in parts if part):
            made[code] = text
    return made


def reads_the_same(row: Row, languages: Sequence[str]) -> bool:
    """Whether it fell back to another language in one of these."""
    said = [_words(row[code]) for code in languages if code in row]
    return len(set(said)) < len(said)


def _words(node: Node) -> Words:
    return Words(line(node.get("title")), from_html(node.get("description")))


def _day(row: Row) -> date | None:
    found = _DAY.match(string(any_node(row).get("publication_date")).strip())
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None

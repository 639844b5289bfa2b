"""Comments as a tree: read flat, and rebuilt by the path to each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.participation.consul.reading import Row, Rows, any_node
from flask_stadtlabor.participation.consul.texts import (
    Words,
    from_plain,
    line,
    moment,
    public_name,
    said_by,
    whole,
)

MOST_ANCESTORS = 200
_PATH = re.compile(r"\d{1,10}(/\d{1,10})*", re.ASCII)


class Subject(NamedTuple):
    """What a comment is about, by CONSUL's type and number."""

    type: str
    id: int


class PlainComment(NamedTuple):
    """A comment as it comes; one that is missing there has no text, and its replies stay below."""

    id: int
    subject: Subject
    parent: int | None
    text: str = ""
    """Markdown."""
    language: str = ""
    translations: LocalizedText = LocalizedText()
    """What it says in the other languages in which it differs."""
    fell_back: bool = False
    public_name: str | None = None
    created_at: datetime | None = None

    @property
    def is_missing(self) -> bool:
        """Whether only its replies tell of it."""
        return not self.text


def threads(rows: Rows, languages: Sequence[str]) -> list[PlainComment]:
    """All comments, each behind the one that it answers, and those of one level by their number.

    The path of a comment is trusted no further than it can be true: an ancestor is older, and about
    the same subject. An ancestor that is not among the rows is a missing comment.
    """
    found: dict[int, PlainComment] = {}
    for number, row in sorted(rows.items()):
        node = any_node(row)
        subject = subject_of(row)
        parent = None
        for ancestor in ancestors(row, number):
            known = found.get(ancestor)
            if known is None:
                # it was there before its first reply
                replied_at = moment(node.get("public_created_at"))
                found[ancestor] = PlainComment(ancestor, subject, parent, created_at=replied_at)
            elif known.subject != subject:
                parent = None
                break
            parent = ancestor
        found[number] = _comment(number, row, subject, parent, languages)
    return [found[number] for number in sorted(found)]


def subject_of(row: Row) -> Subject:
    """What a comment is about."""
    node = any_node(row)
    return Subject(line(node.get("commentable_type"), 80), whole(node.get("commentable_id")))


def ancestors(row: Row, number: int) -> list[int]:
    """The numbers of the comments above, the first one first; none where that cannot be true."""
    path = str(any_node(row).get("ancestry") or "")
    if len(path) > 11 * MOST_ANCESTORS or not _PATH.fullmatch(path):
        return []
    numbers = [int(each) for each in path.split("/")]
    in_order = all(one < other for one, other in zip(numbers, [*numbers[1:], number], strict=True))
    return numbers if in_order and numbers[0] > 0 else []


def missing_ancestors(rows: Rows) -> list[int]:
    """Comments that others answer and that are not among the rows."""
    named = {above for number, row in rows.items() for above in ancestors(row, number)}
    return sorted(named - set(rows))


def counted(rows: Rows) -> Counter[Subject]:
    """How many comments each subject has among the rows."""
    return Counter(subject_of(row) for row in rows.values())


def _comment(
    number: int, row: Row, subject: Subject, parent: int | None, languages: Sequence[str]
) -> PlainComment:
    said = said_by(row, languages, lambda node: Words("", from_plain(node.get("body"))))
    node = any_node(row)
    return PlainComment(
        number,
        subject,
        parent,
        said.words.text,
        said.language,
        LocalizedText({code: words.text for code, words in said.others}),
        bool(said.fell_back),
        public_name(node),
        moment(node.get("public_created_at")),
    )

"""What becomes of a proposal, a debate or an investment: an idea of ours, planned before it is
written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.i18n import _sl, _sln, listed, number, use_language
from flask_stadtlabor.participation.consul.models import RecordKind
from flask_stadtlabor.participation.consul.reading import Node, Row, any_node
from flask_stadtlabor.participation.consul.texts import (
    Words,
    from_html,
    from_plain,
    line,
    link,
    moment,
    name_in,
    public_name,
    said_by,
    string,
    tag_names,
    whole,
)
from flask_stadtlabor.participation.ideas.models import LONGEST_PLACE, LONGEST_TITLE, IdeaStatus
from flask_stadtlabor.participation.ideas.operations.writing import IdeaText
from flask_stadtlabor.state import settings
from flask_stadtlabor.text import LONGEST_MARKDOWN, excerpt, in_one_line, shorten

ROOM_FOR_FACTS = 10_000
"""Characters of the longest text that are kept free for what stands below it."""


class IdeaPlan(NamedTuple):
    """An idea as it will be written."""

    id: int
    """The number of the row that it was."""
    said: IdeaText
    public_name: str | None
    status: IdeaStatus
    created_at: datetime | None
    """None where CONSUL's time cannot be read."""
    reason: str | None
    fell_back: bool
    is_cut: bool
    """Whether one of its texts was longer than one may be here."""


def plan_idea(
    kind: RecordKind,
    number: int,
    row: Row,
    languages: Sequence[str],
    categories: Mapping[str, str],
) -> IdeaPlan:
    """What becomes of a row; ``categories`` are slugs by the names of tags."""
    said = said_by(row, languages, _words)
    node = row.get(said.language) or any_node(row)
    tags = tag_names(node)
    category = next((tag for tag in tags if tag in categories), None)
    is_retired = kind is RecordKind.PROPOSAL and bool(node.get("retired_at"))
    with use_language(said.language):
        facts = _FACTS[kind](node) + _more(node, [tag for tag in tags if tag != category])
        title = said.words.title or excerpt(said.words.text, LONGEST_TITLE)
        text = _text(said.words, title)
        below = shorten("\n".join(f"- {fact}" for fact in facts), ROOM_FOR_FACTS)
        reason = _reason(node) if is_retired else None
    kept = shorten(text, LONGEST_MARKDOWN - ROOM_FOR_FACTS)
    others = {code: _translation(words) for code, words in said.others}
    translations = {code: shorten(each, LONGEST_MARKDOWN) for code, each in others.items()}
    return IdeaPlan(
        number,
        IdeaText(
            title=shorten(title, LONGEST_TITLE) or f"{kind} {number}",
            text=_in_one([kept, below]),
            category=categories[category] if category is not None else None,
            place=_place(node),
            language=said.language,
            translations=LocalizedText(translations),
        ),
        public_name(node),
        _status(kind, is_retired),
        moment(node.get("public_created_at")),
        reason,
        bool(said.fell_back),
        (kept, translations) != (text, others),
    )


def in_each_language(make: Callable[[], str]) -> LocalizedText:
    """What ``make`` gives in each of the portal's languages."""
    texts = {}
    for code in settings().locales:
        with use_language(code):
            texts[code] = make()
    return LocalizedText(texts)


def chosen_tags(
    rows: Collection[Row], official: Collection[str], known: Collection[str], most: int
) -> list[str]:
    """The tags that become categories: CONSUL's own, else those that stand first most often."""
    if official:
        return sorted(official)[:most]
    counts: dict[str, int] = {}
    for row in rows:
        first = next((tag for tag in tag_names(any_node(row)) if tag in known), None)
        if first is not None:
            counts[first] = counts.get(first, 0) + 1
    return sorted(counts, key=lambda tag: (-counts[tag], tag))[:most]


def _status(kind: RecordKind, is_retired: bool) -> IdeaStatus:
    if is_retired:
        return IdeaStatus.WITHDRAWN
    # drafts are among the proposals, and nothing tells them apart
    return IdeaStatus.HELD if kind is RecordKind.PROPOSAL else IdeaStatus.PUBLISHED


def _words(node: Node) -> Words:
    parts = from_plain(node.get("summary")), from_html(node.get("description"))
    return Words(line(node.get("title")), _in_one(parts))


def _text(words: Words, title: str) -> str:
    """The text of an idea, with its title where that is too long or all there is."""
    has_title = len(title) > LONGEST_TITLE or not words.text
    return _in_one([from_plain(title) if has_title else "", words.text])


def _translation(words: Words) -> str:
    heading = f"## {from_plain(words.title)}" if words.title else ""
    return _in_one([heading, words.text])


def _in_one(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _place(node: Node) -> str | None:
    parts = [line(node.get("location")), name_in(node, "geozone")]
    return shorten(", ".join(part for part in parts if part), LONGEST_PLACE) or None


def _supports(node: Node) -> list[str]:
    """How many supported a proposal there; a count without people is no support of ours."""
    count = whole(node.get("cached_votes_up"))
    if not count:
        return []
    return [
        _sln(
            "%(num)d person supported this in CONSUL.",
            "%(num)d people supported this in CONSUL.",
            count,
        )
    ]


def _stances(node: Node) -> list[str]:
    agreed, disagreed = (whole(node.get(f"cached_votes_{way}")) for way in ("up", "down"))
    if not agreed + disagreed:
        return []
    return [
        _sl(
            "In CONSUL, %(agreed)d agreed and %(disagreed)d disagreed.",
            agreed=agreed,
            disagreed=disagreed,
        )
    ]


def _costs(node: Node) -> list[str]:
    price = whole(node.get("price"))
    facts = [_sl("Cost: %(price)s", price=number(price))] if price else []
    found = {
        "feasible": _sl("The city found it feasible."),
        "unfeasible": _sl("The city found it not feasible."),
    }.get(string(node.get("feasibility")))
    return facts + ([found] if found else [])


_FACTS: Final[Mapping[RecordKind, Callable[[Node], list[str]]]] = {
    RecordKind.PROPOSAL: _supports,
    RecordKind.DEBATE: _stances,
    RecordKind.INVESTMENT: _costs,
}


def _more(node: Node, tags: Sequence[str]) -> list[str]:
    facts = []
    if tags:
        facts.append(from_plain(_sl("Tags: %(tags)s", tags=listed(tags))))
    if address := link(node.get("video_url")):
        marked = f"[{address}](<{address}>)"
        facts.append(_sl("Video: %(address)s", address=marked))
    return facts


def _reason(node: Node) -> str | None:
    """Why its author retired a proposal: one of CONSUL's reasons, and their own words."""
    named = {
        "duplicated": _sl("There is one like it already."),
        "started": _sl("It has begun already."),
        "unfeasible": _sl("It cannot be done."),
        "done": _sl("It is done."),
    }.get(string(node.get("retired_reason")), "")
    said = in_one_line(from_html(node.get("retired_explanation")))
    return " ".join(part for part in (named, said) if part) or None

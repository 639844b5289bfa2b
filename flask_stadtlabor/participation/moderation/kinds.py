"""The registry of the kinds of texts that are moderated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from flask_stadtlabor.db import LARGEST_INTEGER
from flask_stadtlabor.participation.moderation.comment_texts import COMMENTS
from flask_stadtlabor.participation.moderation.idea_texts import IDEAS
from flask_stadtlabor.participation.moderation.texts import ModeratedText, TextKind

KINDS: Final[Mapping[str, TextKind]] = MappingProxyType(
    {kind.name: kind for kind in (IDEAS, COMMENTS)}
)
"""By their names."""

Key = tuple[str, int]
"""The kind of a text, and its number among those."""


def find_text(kind: str, number: int) -> ModeratedText | None:
    """A text; None where there is none."""
    return find_texts([(kind, number)]).get((kind, number))


def find_texts(keys: Iterable[Key]) -> dict[Key, ModeratedText]:
    """Those of these texts that there are, in one statement for each kind."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for kind, number in keys:
        if kind in KINDS and 0 < number <= LARGEST_INTEGER:
            numbers[kind].add(number)
    found = (text for kind in numbers for text in KINDS[kind].find(numbers[kind]))
    return {(text.kind, text.number): text for text in found}

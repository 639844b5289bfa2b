"""What changed between two versions of a text, word by word, for people to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

from flask_stadtlabor.consent.models import Controller, Mode
from flask_stadtlabor.consent.texts.content import TextContent
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.i18n import _sl, _sln
from flask_stadtlabor.state import settings
from flask_stadtlabor.text import blocks

MOST_PAIRS = 2_000
"""Of the same words in both passages; with more, a passage is shown as taken out and put in.

Comparing takes at worst the cube of the length, for whoever writes two words a thousand times.
"""


class Kind(StrEnum):
    """What became of a run of words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


class Run(NamedTuple):
    """Some words and what became of them."""

    kind: Kind
    text: str


Paragraph = tuple[Run, ...]


@dataclass(frozen=True)
class Part:
    """Something else that a version says, before and now."""

    name: str
    before: str
    now: str

    @property
    def runs(self) -> Paragraph:
        """The same, word by word."""
        return tuple(_by_word(self.before, self.now))


@dataclass(frozen=True)
class Differences:
    """All that differs between two versions in one language."""

    title: Paragraph
    paragraphs: tuple[Paragraph, ...]
    """The whole text, with what was taken out and put in."""
    parts: tuple[Part, ...]
    """What stands beside the text and differs."""
    only_form: bool
    """Whether the text was written otherwise and reads the same."""

    @property
    def title_differs(self) -> bool:
        """Whether the title changed."""
        return _differs(self.title)

    @property
    def text_differs(self) -> bool:
        """Whether the text reads otherwise."""
        return any(_differs(paragraph) for paragraph in self.paragraphs)


def compare(before: TextContent, after: TextContent, language: str) -> Differences:
    """What differs for somebody who reads ``language``."""
    old, new = _in(language, before.text), _in(language, after.text)
    paragraphs = tuple(_by_paragraph(blocks(old), blocks(new)))
    differs = any(_differs(paragraph) for paragraph in paragraphs)
    return Differences(
        title=tuple(_by_word(_in(language, before.title), _in(language, after.title))),
        paragraphs=paragraphs,
        parts=tuple(_parts(before, after, language)),
        only_form=old != new and not differs,
    )


def word_differences(
    before: tuple[str, str], after: tuple[str, str]
) -> tuple[Paragraph, tuple[Paragraph, ...]]:
    """What differs between a title and a Markdown text and those that took their place."""
    title = tuple(_by_word(before[0], after[0]))
    return title, tuple(_by_paragraph(blocks(before[1]), blocks(after[1])))


def _differs(runs: Paragraph) -> bool:
    return any(run.kind != Kind.SAME for run in runs)


def _by_paragraph(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    for tag, start, end, new_start, new_end in _steps(old, new):
        if tag == "equal":
            yield from ((Run(Kind.SAME, block),) for block in old[start:end])
            continue
        gone, come = list(old[start:end]), list(new[new_start:new_end])
        while gone and come:
            yield tuple(_by_word(gone.pop(0), come.pop(0)))
        yield from ((Run(Kind.REMOVED, block),) for block in gone)
        yield from ((Run(Kind.ADDED, block),) for block in come)


def _by_word(old: str, new: str) -> Iterator[Run]:
    """Runs of words, to be shown with a blank between them."""
    before, after = old.split(), new.split()
    for tag, start, end, new_start, new_end in _steps(before, after):
        if tag == "equal":
            yield Run(Kind.SAME, " ".join(before[start:end]))
            continue
        if start < end:
            yield Run(Kind.REMOVED, " ".join(before[start:end]))
        if new_start < new_end:
            yield Run(Kind.ADDED, " ".join(after[new_start:new_end]))


def _steps(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    begin = _shared(old, new)
    ends = min(_shared(old[::-1], new[::-1]), min(len(old), len(new)) - begin)
    old_end, new_end = len(old) - ends, len(new) - ends
    steps = [("equal", 0, begin, 0, begin)] if begin else []
    gone, come = old[begin:old_end], new[begin:new_end]
    times = Counter(come)
    if sum(times[each] for each in gone) > MOST_PAIRS:
        steps.append(("replace", begin, old_end, begin, new_end))
    else:
        for tag, *places in SequenceMatcher(None, gone, come, autojunk=False).get_opcodes():
            start, stop, new_start, new_stop = (begin + place for place in places)
            steps.append((tag, start, stop, new_start, new_stop))
    return [*steps, ("equal", old_end, len(old), new_end, len(new))] if ends else steps


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """How many both begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(old), len(new)))


def _parts(before: TextContent, after: TextContent, language: str) -> Iterator[Part]:
    facts = zip(_facts(before, language), _facts(after, language), strict=True)
    for (name, old), (_, new) in facts:
        if old != new:
            yield Part(name, old, new)


def _facts(content: TextContent, language: str) -> list[tuple[str, str]]:
    """What stands beside the text, each with its name."""
    controller = content.controller or Controller()
    return [
        (_sl("What it asks of people"), mode_words(content.mode)),
        (_sl("How long a yes counts"), validity_words(content.valid_days)),
        (_sl("Controller"), _in(language, controller.name)),
        (_sl("Address"), _in(language, controller.address)),
        (_sl("E-mail"), controller.email),
        (_sl("Phone"), controller.phone),
        (_sl("Data protection officer"), _in(language, controller.data_protection_officer)),
        (_sl("Supervisory authority"), _in(language, controller.authority)),
    ]


def _in(language: str, text: LocalizedText) -> str:
    return text.choose(language, settings().default_locale)[0]


def mode_words(mode: str) -> str:
    """What a purpose of this mode asks of people."""
    return {
        Mode.CONSENT: _sl("It asks for consent"),
        Mode.NOTICE: _sl("It only tells what happens"),
        Mode.PRIVACY: _sl("It is the privacy notice"),
    }[Mode(mode)]


def validity_words(days: int | None) -> str:
    """How long a consent counts."""
    if days is None:
        return _sl("Until it is withdrawn")
    return _sln("%(num)d day", "%(num)d days", days)

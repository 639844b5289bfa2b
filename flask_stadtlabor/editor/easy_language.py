"""What makes a text in easy language harder than it need be, in German and English; pure functions.

After the rules of Netzwerk Leichte Sprache and of Inclusion Europe: short sentences, short words
or long ones with their parts apart, no passive, no negation. A doubtful case gets no hint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple

from flask_stadtlabor.text import blocks

LONGEST_SENTENCE = 15
"""Words; the rules say eight to twelve."""
LONGEST_WORD = {"de": 14, "en": 13}
"""Letters of a word, or of its parts between hyphens and mediopoints."""

LONGEST_READ = 1000
"""Characters of a sentence in which a passive is looked for."""
LONGEST_TEXT = 20_000
"""Characters of a text that are looked at; a text in easy language has some hundreds."""


class Kind(StrEnum):
    """What could be easier."""

    LONG_SENTENCE = "long_sentence"
    LONG_WORD = "long_word"
    PASSIVE = "passive"
    NEGATION = "negation"


class Hint(NamedTuple):
    """One place that could be easier."""

    kind: Kind
    words: str
    """The sentence or word."""


def hints(markdown: str, language: str) -> list[Hint]:
    """What could be easier in a text; nothing in a language of which we know no rules."""
    code = re.split("[-_]", language)[0].lower()
    if code not in LONGEST_WORD:
        return []
    found: dict[Hint, None] = {}
    for sentence in sentences(markdown[:LONGEST_TEXT]):
        found.update(dict.fromkeys(_of_sentence(sentence, code)))
    return list(found)


_ABBREVIATION = re.compile(
    r"(?:\b(?:z|d|u|i|e|S|B|h|a|g|Nr|No|Str|St|Dr|Prof|Hr|Fr|Mr|Mrs|Ms|ca|bzw|usw|etc|inkl|evtl|Tel|"
    r"Abs|Art|vgl|max|min|Mo|Di|Mi|Do|Sa|So)|\b\d{1,3})\.$"
)
_SENTENCE_END = re.compile(r"(?<=[.!?:…])[\"“”»«)]*\s+")
_ADDRESS = re.compile(
    r"\(?\b(?:https?://|www\.|mailto:)\S+|\S{1,64}@\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}/\S*"
)


def sentences(markdown: str) -> Iterator[str]:
    """The sentences of a text; a heading or an item of a list is one at least."""
    for block in blocks(markdown):
        begun: list[str] = []
        for part in _SENTENCE_END.split(_ADDRESS.sub(" ", block)):
            begun.append(part.strip())
            if not _ABBREVIATION.search(part[-10:]):
                yield from _joined(begun)
                begun = []
        yield from _joined(begun)


def _joined(parts: list[str]) -> Iterator[str]:
    sentence = " ".join(parts).strip()
    if sentence:
        yield sentence


def _of_sentence(sentence: str, code: str) -> Iterator[Hint]:
    words = re.findall(r"\w(?:[\w'’*:·‧\xad-]*\w)?", sentence)
    if len(words) > LONGEST_SENTENCE:
        yield Hint(Kind.LONG_SENTENCE, sentence)
    for word in words:
        letters = word.replace("\xad", "")
        if max(map(len, re.split(r"[-·‧*:'’_]", letters))) > LONGEST_WORD[code]:
            yield Hint(Kind.LONG_WORD, letters)
    # of a longer one, more than that it is long helps nobody
    if len(sentence) <= LONGEST_READ and _PASSIVE[code](sentence):
        yield Hint(Kind.PASSIVE, sentence)
    if _NEGATION[code].search(sentence):
        yield Hint(Kind.NEGATION, sentence)


_NEGATION = {
    "de": re.compile(
        r"\b(?:nicht(?! nur)|kein(?:e[mnrs]?)?|nie|niemals|niemand(?:em|en)?|nichts|weder)\b", re.I
    ),
    "en": re.compile(
        r"\b(?:not(?! only)|cannot|never|nobody|none|nothing|neither)\b|n['’]t\b|\bno\b(?!\.)", re.I
    ),
}
_BECOME = r"(?:wirst|wird|werden|werdet|wurden|wurdest|wurdet|wurde|worden)"
_APART = (
    "ab|an|auf|aus|bei|dar|durch|ein|fest|fort|frei|her|hin|los|mit|nach|statt|teil|um|vor|weg|"
    "weiter|zu|zurück|zusammen|bekannt|bereit|fertig"
)
_PARTICIPLE = (
    rf"(?:(?:{_APART})?ge[a-zäöüß]{{2,}}(?:t|en)"
    r"|[a-zäöüß]{2,}iert"
    r"|(?:(?:an|ein|vor|mit|aus|zu)?(?:be|ent|er|ver|zer)|(?:über|unter|wider)(?!ge))[a-zäöüß]{2,}t"
    r"|beschlossen|besprochen|beworben|entschieden|entworfen|erhoben|unterschrieben|übernommen"
    r"|verboten|vergessen|verschoben|versprochen|vertreten|überwiesen|unterbrochen)"
)
_NO_PARTICIPLE = re.compile(
    # infinitives, and adjectives that follow "werden" as well
    rf"(?:{_APART})?(?:gestalten|gehen|geben|gelten|gehören|gewinnen|gefallen|genießen|gelingen"
    r"|geschehen|gewöhnen|genügen|gebrauchen|gestehen|gehorchen|genesen|gebären|gedenken|gefährden"
    r"|gelangen|geraten|gewähren)|(?:un)?(?:gerecht|gesamt|geschickt|gespannt|geeignet|gebannt)"
    r"|bekannt|beliebt|berühmt|bestimmt|bereit|begeistert|besorgt|verrückt|verliebt|erst|ernst"
    r"|erkältet|erwachsen|überhaupt|unterwegs"
)
_AFTER = re.compile(
    rf"\b{_BECOME}\b[^,;:.!?]*?\b({_PARTICIPLE})(?= (?:und|oder|werden|worden|können)\b|\s*$)"
)
_BEFORE = re.compile(rf"\b({_PARTICIPLE}) {_BECOME}\b")
_CLAUSE = re.compile(r"[,;:.!?()„“”–]+")
_BE = r"(?:is|are|was|were|be|been|being)"
_EN_PASSIVE = re.compile(
    rf"\b{_BE} (?:\w+ly |also |now |then |not )?(\w{{2,}}ed|built|chosen|done|drawn|found|given"
    r"|held|kept|made|paid|put|read|said|seen|sent|shown|sold|spoken|taken|taught|told|written)\b",
    re.I,
)
_EN_STATES = {
    "interested", "tired", "excited", "worried", "pleased", "scared", "supposed", "based", "closed",
    "located", "married", "bored", "used", "allowed", "disabled", "retired", "delighted", "need",
    "indeed", "limited", "crowded", "experienced",
}  # fmt: skip


def _is_passive_german(sentence: str) -> bool:
    for clause in _CLAUSE.split(sentence):
        for found in (*_AFTER.finditer(clause.strip()), *_BEFORE.finditer(clause)):
            if not _NO_PARTICIPLE.fullmatch(found[1]):
                return True
    return False


def _is_passive_english(sentence: str) -> bool:
    return any(found[1].lower() not in _EN_STATES for found in _EN_PASSIVE.finditer(sentence))


_PASSIVE: dict[str, Callable[[str], bool]] = {
    "de": _is_passive_german,
    "en": _is_passive_english,
}

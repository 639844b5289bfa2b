"""Hints for easy language in words for people: beside a field, and in the review of an event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from flask_stadtlabor.editor.easy_language import Kind, hints
from flask_stadtlabor.i18n import _sl, _sln, named_language
from flask_stadtlabor.text import shorten

LONGEST_EXCERPT = 90


def hint_sentences(markdown: str, code: str) -> list[str]:
    """What could be easier, each place in a sentence."""
    return [
        _said(hint.kind, shorten(hint.words, LONGEST_EXCERPT)) for hint in hints(markdown, code)
    ]


def counted_hints(markdown: str, code: str) -> Iterator[str]:
    """How many places of each kind could be easier."""
    counts = Counter(hint.kind for hint in hints(markdown, code))
    for kind in Kind:
        if counts[kind]:
            yield _counted(kind, counts[kind], named_language(code))


def _said(kind: Kind, words: str) -> str:
    if kind is Kind.LONG_SENTENCE:
        return _sl("A long sentence; two short ones are easier: “%(words)s”", words=words)
    if kind is Kind.LONG_WORD:
        return _sl(
            "A long word; a hyphen or a mediopoint (·) parts it, or take another: “%(words)s”",
            words=words,
        )
    if kind is Kind.PASSIVE:
        return _sl("Who does it? Name them: “%(words)s”", words=words)
    return _sl("Say what is, rather than what is not: “%(words)s”", words=words)


def _counted(kind: Kind, count: int, language: str) -> str:
    if kind is Kind.LONG_SENTENCE:
        return _sln(
            "Easy language (%(language)s): %(num)d long sentence.",
            "Easy language (%(language)s): %(num)d long sentences.",
            count,
            language=language,
        )
    if kind is Kind.LONG_WORD:
        return _sln(
            "Easy language (%(language)s): %(num)d long word without a hyphen.",
            "Easy language (%(language)s): %(num)d long words without a hyphen.",
            count,
            language=language,
        )
    if kind is Kind.PASSIVE:
        return _sln(
            "Easy language (%(language)s): %(num)d sentence does not say who does it.",
            "Easy language (%(language)s): %(num)d sentences do not say who does it.",
            count,
            language=language,
        )
    return _sln(
        "Easy language (%(language)s): %(num)d sentence says what is not.",
        "Easy language (%(language)s): %(num)d sentences say what is not.",
        count,
        language=language,
    )

"""Form values as text, for showing two versions side by side."""

from __future__ import annotations

from collections.abc import Sequence

from flask_stadtlabor.events.questions.question import Question
from flask_stadtlabor.i18n import _sl, _sln, listed


def party_in_words(party_size: int, companions: Sequence[str]) -> str:
    """How many come, and who they are as far as they are named."""
    people = _sln("%(num)d person", "%(num)d people", party_size)
    if not companions:
        return people
    return _sl("%(people)s, with %(names)s", people=people, names=listed(list(companions)))


def answer_in_words(question: Question | None, answer: str | list[str] | None) -> str:
    """The answer to a question; as it was sent where the ``question`` is asked no more."""
    if not answer:
        return text_in_words(None)
    given = [answer] if isinstance(answer, str) else answer
    if question is None:
        return listed(given)
    return listed([question.words_of(value) for value in given])


def text_in_words(text: str | None) -> str:
    """What somebody wrote, or that they wrote nothing."""
    return text or _sl("nothing written")

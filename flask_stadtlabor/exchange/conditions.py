"""Conditions of questions in an exchange file: each names an earlier question and its answer."""

from __future__ import annotations

from collections.abc import Iterator

from flask_stadtlabor.events.questions.question import KINDS, Condition, Question, one_of
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.faults import Fault, path_of, shown
from flask_stadtlabor.exchange.reading import Content

LONGEST_CHAIN = 10
"""Questions of which each depends on the one before."""
_TOO_LONG = (
    f"This is the end of a chain of more than {LONGEST_CHAIN} questions, each asked because of the "
    "answer before; let some of them depend on an earlier one."
)


def condition_faults(content: Content) -> Iterator[Fault]:
    """A fault for each ``show_if`` that no answer could ever meet."""
    for position, entry in content.of("events", EventEntry).items():
        questions = entry.registration.questions if entry.registration else ()
        depths: dict[str, int] = {}
        for index, question in enumerate(questions):
            if question.show_if is None:
                continue
            depths[question.slug] = depths.get(question.show_if.question, 0) + 1
            fault = _fault(question.show_if, questions[:index])
            if fault is None and depths[question.slug] == LONGEST_CHAIN:
                fault = "question", _TOO_LONG
            if fault is not None:
                key, reason = fault
                steps = ("events", position, "registration", "questions", index, "show_if", key)
                yield Fault(path_of(*steps), reason)


def _fault(condition: Condition, earlier: tuple[Question, ...]) -> tuple[str, str] | None:
    """The key that is wrong, and why."""
    named = next((question for question in earlier if question.slug == condition.question), None)
    if named is None:
        return "question", f"No question before this one is called {shown(condition.question)}."
    values = named.values()
    if values is None:
        kinds = [name for name, kind in KINDS.items() if kind.values(()) is not None]
        return "question", (
            f"{shown(named.slug)} is a question of kind {shown(named.kind)}; name one of kind "
            f"{one_of(kinds)}."
        )
    if condition.value not in values:
        answers = ", ".join(shown(value) for value in values)
        return "value", (
            f"{shown(condition.value)} is no answer to {shown(named.slug)}; write one of: "
            f"{answers}."
        )
    return None

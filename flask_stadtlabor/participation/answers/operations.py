"""Publishing an official answer, and correcting its words. Operations flush; the caller commits."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.history import Answered, latest, record
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.participation.ideas.locks import lock_idea
from flask_stadtlabor.participation.ideas.models import IdeaAnswer, Verdict
from flask_stadtlabor.participation.ideas.queries import answers_to
from flask_stadtlabor.state import now, session


class AnswerText(NamedTuple):
    """What an answer says."""

    verdict: Verdict
    reasons: LocalizedText
    next_step: LocalizedText
    next_step_on: date | None
    department: str


class NotAnswerable(Exception):
    """The idea is not there for everybody any more, or there is no answer to correct."""


class AnsweredMeanwhile(Exception):
    """Somebody else has published or corrected an answer since the form was shown."""


def stand_of_answers(number: int) -> int:
    """Stands for all that was answered to an idea, so that a form can tell what it showed."""
    newest = latest(Answered(number))
    return newest.number if newest is not None else 0


def publish_answer(
    number: int, said: AnswerText, *, by: By, seen: int, tells: bool = True
) -> IdeaAnswer:
    """Answer an idea; what was answered before stays beside it.

    ``seen`` is the :func:`stand_of_answers` that the form showed. The same press twice is one
    answer. Without ``tells``, as in a script, nobody gets a mail. Raises :class:`NotAnswerable` and
    :class:`AnsweredMeanwhile`.
    """
    idea = lock_idea(number)
    if idea is None or not idea.is_public:
        raise NotAnswerable
    answers, stand = answers_to(number), stand_of_answers(number)
    if stand == seen + 1 and answers and text_of(answers[0]) == said:
        return answers[0]
    if stand != seen:
        raise AnsweredMeanwhile
    answer = IdeaAnswer(
        idea_id=number,
        number=len(answers) + 1,
        published_at=now(),
        told_at=None if tells else now(),
        **said._asdict(),
    )
    session().add(answer)
    idea.verdict, idea.answered_at = said.verdict, now()
    session().flush()
    record(Answered(number), document_of(answer), step=Step.PUBLISHED, by=by)
    return answer


def correct_answer(number: int, said: AnswerText, *, by: By, seen: int) -> IdeaAnswer:
    """Put other words in the newest answer; nobody is told, and the trail keeps what it said.

    The verdict stays: another one is another answer, which people are told. Raises as
    :func:`publish_answer` does.
    """
    idea = lock_idea(number)
    answers = answers_to(number) if idea is not None else []
    if not answers:
        raise NotAnswerable
    answer = answers[0]
    said = said._replace(verdict=Verdict(answer.verdict))
    if text_of(answer) == said:
        return answer
    if stand_of_answers(number) != seen:
        raise AnsweredMeanwhile
    for name, value in said._asdict().items():
        setattr(answer, name, value)
    session().flush()
    record(Answered(number), document_of(answer), step=Step.EDITED, by=by)
    return answer


def text_of(answer: IdeaAnswer) -> AnswerText:
    """What an answer says."""
    said = AnswerText(*(getattr(answer, name) for name in AnswerText._fields))
    return said._replace(verdict=Verdict(answer.verdict))


def document_of(answer: IdeaAnswer) -> dict[str, Any]:
    """The whole answer, as the trail keeps it."""
    return {
        "number": answer.number,
        "verdict": answer.verdict,
        "reasons": answer.reasons.to_json(),
        "next_step": answer.next_step.to_json(),
        "next_step_on": answer.next_step_on.isoformat() if answer.next_step_on else None,
        "department": answer.department,
    }

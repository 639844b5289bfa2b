"""The mails of answers that are not written to everybody yet.

They are written a few at a time, each batch in a transaction of its own under the answer's lock: a
worker that is killed leaves the rest to the next round, and nobody gets two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import select

from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.participation.answers.mails import write_answer_mail
from flask_stadtlabor.participation.answers.queries import gets_answers, has_to_do_with
from flask_stadtlabor.participation.ideas.locks import lock_answer
from flask_stadtlabor.participation.ideas.models import Idea, IdeaAnswer, IdeaStatus
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import commit

BATCH_SIZE = 25
"""How many mails one transaction writes."""
AT_ONCE = 100
"""How many of an answer are written while whoever published it waits."""


def write_answers(stop: Callable[[], bool], parts: Parts) -> int:
    """Go on with all answers; returns how many mails were written."""
    untold: Sequence[int] = []
    with parts.part("Telling of answers"):
        found = select(IdeaAnswer.id).where(IdeaAnswer.told_at.is_(None))
        untold = session().scalars(found.order_by(IdeaAnswer.id)).all()
    return sum(_write(number, stop, parts) for number in untold)


def write_first(answer_id: int) -> None:
    """Write the first of an answer's mails, which are all of them for most ideas."""
    begun = 0

    def is_enough() -> bool:
        nonlocal begun
        begun += BATCH_SIZE
        return begun > AT_ONCE

    _write(answer_id, is_enough, Parts())


def _write(answer_id: int, stop: Callable[[], bool], parts: Parts) -> int:
    written, failed, after = 0, parts.failed, 0
    name = f"Telling of answer {answer_id}"
    with parts.part(name):
        while not stop():
            # no transaction stays open, so that each batch sees what others have written since
            session().rollback()
            numbers = _next_people(answer_id, after)
            if numbers:
                work = partial(_write_some, answer_id)
                written += parts.in_one_or_each(name, numbers, work)
                after = numbers[-1]
            if len(numbers) < BATCH_SIZE:
                if parts.failed == failed:
                    commit(partial(_finish, answer_id))
                break
    return written


def _next_people(answer_id: int, after: int) -> Sequence[int]:
    """Whose turn is next; nobody's where the idea was hidden or taken away meanwhile."""
    answer = session().get_one(IdeaAnswer, answer_id)
    idea = session().get_one(Idea, answer.idea_id)
    is_gone = idea.status == IdeaStatus.HIDDEN or idea.was_taken_away
    if answer.told_at is not None or is_gone:
        return []
    theirs = select(Participant.id).where(
        has_to_do_with(idea), gets_answers(), Participant.id > max(after, answer.reached)
    )
    return session().scalars(theirs.order_by(Participant.id).limit(BATCH_SIZE)).all()


def _write_some(answer_id: int, numbers: Sequence[int]) -> int:
    answer = _locked(answer_id)
    idea = session().get_one(Idea, answer.idea_id)
    theirs = select(Participant).where(
        Participant.id.in_(numbers),
        Participant.id > answer.reached,
        has_to_do_with(idea),
        gets_answers(),
    )
    people = session().scalars(theirs.order_by(Participant.id)).all()
    for participant in people:
        write_answer_mail(participant, idea, answer)
    answer.reached = max(answer.reached, *numbers)
    answer.written += len(people)
    session().flush()
    return len(people)


def _finish(answer_id: int) -> None:
    answer = _locked(answer_id)
    answer.told_at = answer.told_at or now()


def _locked(answer_id: int) -> IdeaAnswer:
    answer = lock_answer(answer_id)
    if answer is None:
        raise LookupError("An answer is never deleted.")
    return answer

"""Answers to questions that an event asks no longer: how many there are, and their end.

Of a registration whose processing is restricted nothing is deleted, so it counts nowhere here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import select

from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.locks import find_under
from flask_stadtlabor.registration.models import LaterForm, Registration
from flask_stadtlabor.registration.operations.restriction import is_unrestricted
from flask_stadtlabor.state import session

BATCH_SIZE = 200


def count_answers(event: Event) -> Counter[str]:
    """How many registrations have answered, by the short name of the question."""
    found = select(Registration.answers).where(Registration.event_id == event.id, is_unrestricted())
    answers = session().scalars(found.execution_options(yield_per=1000))
    return Counter(slug for given in answers for slug in given)


def forget_answers(within: LockedEvent, asked: Collection[str]) -> int:
    """Delete all answers but those to the questions ``asked``; returns of how many registrations.

    In a steady order and in batches, so that a large event does not fill the memory.
    """
    changed = last_id = 0
    while batch := _after(within, last_id):
        laters = _later_forms([registration.id for registration in batch])
        for registration in batch:
            kept = _asked(registration.answers, asked)
            changed += kept != registration.answers
            if kept != registration.answers:
                registration.answers = kept
            later = laters.get(registration.id)
            if later is not None and "answers" in later.said:
                said = {**later.said, "answers": _asked(later.said["answers"], asked)}
                if said != later.said:
                    later.said = said
        last_id = batch[-1].id
        session().flush()
    return changed


def _asked(answers: dict[str, object], asked: Collection[str]) -> dict[str, object]:
    return {slug: answer for slug, answer in answers.items() if slug in asked}


def _after(within: LockedEvent, last_id: int) -> list[Registration]:
    wanted = select(Registration).where(Registration.id > last_id, is_unrestricted())
    found = find_under(within, wanted.order_by(Registration.id).limit(BATCH_SIZE))
    return [locked.registration for locked in found]


def _later_forms(numbers: list[int]) -> dict[int, LaterForm]:
    found = select(LaterForm).where(LaterForm.registration_id.in_(numbers))
    return {later.registration_id: later for later in session().scalars(found)}

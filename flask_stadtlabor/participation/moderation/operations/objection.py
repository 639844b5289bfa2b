"""Objecting to a decision, and deciding about that (Art. 20 DSA)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.participation.moderation.kinds import KINDS, find_text
from flask_stadtlabor.participation.moderation.locks import lock_objection
from flask_stadtlabor.participation.moderation.mails import tell_outcome
from flask_stadtlabor.participation.moderation.models import Decision, Objection
from flask_stadtlabor.participation.moderation.operations.decide import DecidedMeanwhile
from flask_stadtlabor.participation.moderation.operations.restored import take_back_outcome
from flask_stadtlabor.participation.moderation.queries import find_decision, is_hidden_anew
from flask_stadtlabor.participation.moderation.statement import can_object
from flask_stadtlabor.state import now, session


class HiddenAnew(Exception):
    """A later decision took the text away as well, so that this one cannot bring it back."""


def object_to(mark: str, whose: int, words: str) -> bool:
    """Write down what an author says against a decision; False where they cannot, or did already.

    ``whose`` is the number of the participant.
    """
    decision = find_decision(mark)
    if decision is None or decision.participant_id != whose:
        return False
    text = find_text(decision.kind, decision.number)
    if text is None or not can_object(decision, text):
        return False
    session().add(Objection(decision_id=decision.id, words=words, created_at=now()))
    session().flush()
    return True


def answer_objection(number: int, *, is_upheld: bool, reasons: str, by: By) -> None:
    """Decide about an objection, and tell the author. Where they are right, their text is back.

    ``number`` is that of the decision. Raises :class:`.decide.DecidedMeanwhile` where somebody else
    decided about it, :class:`HiddenAnew` where a later decision stands in the way, and then nothing
    was changed.
    """
    objection = lock_objection(number)
    if objection is None or objection.decided_at is not None:
        raise DecidedMeanwhile
    decision = (
        session()
        .scalars(
            select(Decision).where(Decision.id == number).options(joinedload(Decision.objection))
        )
        .one()
    )
    if is_upheld and is_hidden_anew(decision):
        raise HiddenAnew
    objection.is_upheld, objection.reasons = is_upheld, reasons
    objection.actor_key, objection.actor_name, objection.decided_at = by.key, by.name, now()
    session().flush()
    if is_upheld:
        KINDS[decision.kind].restore(decision.number)
    text = find_text(decision.kind, decision.number)
    if text is not None:
        tell_outcome(decision, objection, text)
        if is_upheld:
            take_back_outcome(text)
    session().flush()

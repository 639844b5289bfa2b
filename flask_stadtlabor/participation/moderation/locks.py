"""The locks of objections, which whoever decides about them takes before that of the text."""

from __future__ import annotations

from sqlalchemy import select

from flask_stadtlabor.participation.moderation.models import Decision, Objection
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import lock_row


def lock_objection(decision: int) -> Objection | None:
    """The objection to a decision, locked until the transaction ends and read afresh."""
    return lock_row(Objection, Objection.decision_id, decision, touch=Objection.words)


def lock_open_objections(kind: str, number: int) -> list[Objection]:
    """The objections to decisions about a text that nobody has decided, locked one by one."""
    about = Decision.kind == kind, Decision.number == number, Objection.decided_at.is_(None)
    decisions = session().scalars(
        select(Objection.decision_id)
        .join(Decision, Decision.id == Objection.decision_id)
        .where(*about)
        .order_by(Objection.decision_id)
    )
    locked = [lock_objection(decision) for decision in decisions.all()]
    return [each for each in locked if each is not None and each.decided_at is None]

"""The lock of an objection, which whoever decides about it takes."""

from __future__ import annotations

from flask_stadtlabor.participation.moderation.models import Objection
from flask_stadtlabor.transactions import lock_row


def lock_objection(decision: int) -> Objection | None:
    """The objection to a decision, locked until the transaction ends and read afresh."""
    return lock_row(Objection, Objection.decision_id, decision, touch=Objection.words)

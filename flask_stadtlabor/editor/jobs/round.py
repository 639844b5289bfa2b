"""One round of the outbox worker: drafts and due work, a checkpoint, then mail delivery."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask_stadtlabor.consent.ledger import anchoring
from flask_stadtlabor.editor.jobs.publish_planned import publish_due
from flask_stadtlabor.feedback.jobs.add_up import add_up_due
from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.outbox.delivery import DeliveryReport, deliver_all
from flask_stadtlabor.outbox.models import OutboxRun
from flask_stadtlabor.outbox.operations import forget_given_up
from flask_stadtlabor.outbox.wake import nobody_woken
from flask_stadtlabor.participation.answers.jobs.answer_mails import write_answers
from flask_stadtlabor.participation.ideas.jobs.merge_mails import tell_of_merges
from flask_stadtlabor.participation.telling.jobs.digests import write_digests
from flask_stadtlabor.pictures.operations import forget_held
from flask_stadtlabor.registration.jobs.due_work import DueReport, run_due
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import commit


class Round(NamedTuple):
    """What was done."""

    published: int
    """Drafts that were published at their time."""
    due: DueReport
    digests: int
    """Digests of news that were written."""
    answered: int
    """Mails of official answers that were written."""
    delivered: DeliveryReport
    failed: int
    """Parts that failed, which the next round does again; the log names them."""


def do_round(stop: Callable[[], bool] = lambda: False) -> Round:
    """Do what falls due, keep a checkpoint, deliver all mail, and write down that it was done.

    What fails stops nothing else (S17); only a database that is away is raised. It commits the
    session of the current app context. Any number can run at once; ``stop()`` is asked between the
    mails.
    """
    parts = Parts()
    with nobody_woken():
        # first: what is public by that may have work that is due
        published = publish_due(parts)
        due = run_due(stop)
        tell_of_merges(stop, parts)
        add_up_due(parts)
        answered = write_answers(stop, parts)
        digests = write_digests(stop, parts)
        with parts.part("Keeping a checkpoint of the consent ledger"):
            anchoring.anchor()
        delivered = deliver_all(stop)
        with parts.part("Forgetting mails that were given up"):
            commit(forget_given_up)
        with parts.part("Forgetting pictures that nobody used"):
            commit(forget_held)
        with parts.part("Noting the round"):
            commit(_note_the_round)
    return Round(published, due, digests, answered, delivered, due.failed + parts.failed)


def _note_the_round() -> None:
    session().merge(OutboxRun(id=1, finished_at=now()))

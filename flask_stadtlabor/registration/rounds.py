"""One round of whoever works off the outbox: what falls due by itself, then the mail."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask_stadtlabor.outbox.delivery import DeliveryReport, deliver_all
from flask_stadtlabor.outbox.models import OutboxRun
from flask_stadtlabor.outbox.operations import forget_given_up
from flask_stadtlabor.outbox.wake import nobody_woken
from flask_stadtlabor.registration.due import DueReport, run_due
from flask_stadtlabor.state import now, session


class Round(NamedTuple):
    """What was done."""

    due: DueReport
    delivered: DeliveryReport


def do_round(stop: Callable[[], bool] = lambda: False) -> Round:
    """Do what falls due, deliver all mail, and write down that it was done.

    It commits the session of the current app context. Any number can run at once; ``stop()`` is
    asked between the mails.
    """
    with nobody_woken():
        due = run_due(stop)
        delivered = deliver_all(stop)
        forget_given_up()
        session().merge(OutboxRun(id=1, finished_at=now()))
        session().commit()
    return Round(due, delivered)

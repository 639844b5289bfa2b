"""The tasks of a Celery worker; imported where ``STADTLABOR_OUTBOX`` is ``celery``, and only there.

Tasks have no arguments: the work is found in the database. So a task that comes twice, late or
never does no harm, and a failure is not tried again here, because the outbox does so itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task

from flask_stadtlabor.adapters.celery import DELIVER, RUN
from flask_stadtlabor.editor.jobs.round import do_round
from flask_stadtlabor.outbox.delivery import deliver_all
from flask_stadtlabor.outbox.wake import nobody_woken


class OutboxFailed(Exception):
    """The outbox could not be worked off; what waits in it is still there."""


# acknowledged at its end, so that the broker gives the task of a worker that died to another one
@shared_task(name=DELIVER, ignore_result=True, acks_late=True)
def deliver() -> None:
    """Deliver the mail that is due."""
    with _named_without_its_words(), nobody_woken():
        deliver_all()


@shared_task(name=RUN, ignore_result=True, acks_late=True)
def run() -> None:
    """Do what falls due by itself, and deliver: as ``flask stadtlabor outbox run`` does."""
    with _named_without_its_words():
        do_round()


@contextmanager
def _named_without_its_words() -> Iterator[None]:
    """Celery logs a failure, and a database's words may hold an address (S13)."""
    try:
        yield
    except Exception as error:
        raise OutboxFailed(type(error).__name__) from None

"""Waking the delivery after a commit that wrote a mail, without delaying the response.

A thread of this process delivers, or calls a Celery worker, as ``STADTLABOR_OUTBOX`` says.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from weakref import WeakSet

from flask import Flask, appcontext_tearing_down, g, has_app_context, has_request_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from flask_stadtlabor.adapters.celery import WorkerCall
from flask_stadtlabor.outbox.delivery import deliver_all, next_attempt_at
from flask_stadtlabor.outbox.operations import MAIL_WAITS
from flask_stadtlabor.state import now, state_of, this_app

logger = logging.getLogger(__name__)

DELIVERY_THREADS = "stadtlabor_postmen"
RETRY_SECONDS = 60
"""The pause after a failure of the database."""
_listened_to: WeakSet[SQLAlchemy] = WeakSet()
"""SQLAlchemy itself knows listeners by their target's id, which another object may get later."""
_DELIVER = "stadtlabor_deliver_at_the_end"
_ASLEEP = "stadtlabor_nobody_is_woken"


def deliver_after_commit(app: Flask, db: SQLAlchemy) -> None:
    """Deliver mail after each commit of ``app``, unless ``STADTLABOR_OUTBOX`` is ``worker``."""
    if db not in _listened_to:
        event.listen(db.session, "after_commit", _after_commit)
        _listened_to.add(db)
    app.extensions[DELIVERY_THREADS] = {}
    # after all teardown functions, so that the request's session has ended
    appcontext_tearing_down.connect(_deliver_at_the_end, app)


@contextmanager
def nobody_woken() -> Iterator[None]:
    """Within the block commits wake no delivery: this thread delivers by itself."""
    setattr(g, _ASLEEP, True)
    try:
        yield
    finally:
        g.pop(_ASLEEP)


def _after_commit(session: Session) -> None:
    # a savepoint that is released is no commit yet
    if session.in_nested_transaction() or not session.info.pop(MAIL_WAITS, False):
        return
    if not has_app_context() or g.get(_ASLEEP):
        return
    app = this_app()
    if DELIVERY_THREADS not in app.extensions:
        # another app on the same database, whose mail a command delivers
        return
    if has_request_context() or _is_in_memory(app):
        # the response must not wait for the delivery (S2); with an in-memory database they would
        # also share the only connection
        setattr(g, _DELIVER, True)
    else:
        _thread_of(app).wake()


def _deliver_at_the_end(app: Flask, exc: BaseException | None = None) -> None:
    if not g.pop(_DELIVER, False):
        return
    if _is_in_memory(app):
        _deliver(app)
    else:
        _thread_of(app).wake()


def _deliver(app: Flask) -> float | None:
    """Deliver in an app context of its own; returns the seconds until there is more to do.

    What fails here stays in the outbox.
    """
    try:
        with app.app_context():
            deliver_all()
            due = next_attempt_at()
            return None if due is None else max(1.0, (due - now()).total_seconds())
    except Exception as error:
        logger.error("The outbox could not be delivered: %s", type(error).__name__)
        return RETRY_SECONDS


def _is_in_memory(app: Flask) -> bool:
    return isinstance(state_of(app).db.engine.pool, StaticPool)


def _call_worker(call: WorkerCall, app: Flask) -> None:
    """Call a Celery worker; where that fails, the mail waits for the next round of one."""
    try:
        with app.app_context():
            call()
    except Exception as error:
        logger.error(
            "No Celery worker could be called, so that mail waits for the next round: %s",
            type(error).__name__,
        )


def _thread_of(app: Flask) -> DeliveryThread:
    """One for each app and process; a forked worker gets its own."""
    postmen: dict[int, DeliveryThread] = app.extensions[DELIVERY_THREADS]
    return postmen.setdefault(os.getpid(), _start(app))


def _start(app: Flask) -> DeliveryThread:
    if state_of(app).settings.outbox == "celery":
        call = WorkerCall()
        return DeliveryThread(app, partial(_call_worker, call), call.close)
    return DeliveryThread(app, _deliver)


Job = Callable[[Flask], float | None]
"""What is done after a commit; it returns the seconds until it has to be done again, or None."""


class DeliveryThread:
    """The delivery thread of one app: delivers committed mails and retries failed ones."""

    def __init__(self, app: Flask, job: Job, tidy_up: Callable[[], None] = lambda: None) -> None:
        """``tidy_up`` is called at the end, when no job is run any more."""
        self._app = app
        self._job = job
        self._tidy_up = tidy_up
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="stadtlabor-outbox")
        self._is_called = False
        self.alarm: threading.Timer | None = None
        """Fires when the next mail has to be retried."""

    def wake(self) -> None:
        """Run the job soon; returns at once."""
        if not self._is_called:
            self._is_called = True
            # a process that is about to end leaves the mail to the next one
            with suppress(RuntimeError):
                self._executor.submit(self._work)

    def _work(self) -> None:
        # reset first, so that a commit from now on wakes the thread again
        self._is_called = False
        pause = self._job(self._app)
        if self.alarm is not None:
            self.alarm.cancel()
            self.alarm = None
        if pause is not None:
            self.alarm = threading.Timer(pause, self.wake)
            self.alarm.daemon = True
            self.alarm.start()

    def close(self) -> None:
        """Finish the job at hand; what is queued stays in the outbox."""
        self._executor.shutdown()
        self._tidy_up()
        if self.alarm is not None:
            self.alarm.cancel()

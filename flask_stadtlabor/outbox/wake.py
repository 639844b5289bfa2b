"""Waking the delivery after a commit that wrote a mail, without delaying the response."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from weakref import WeakKeyDictionary

from flask import Flask, current_app, g, has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from flask_stadtlabor.outbox.delivery import deliver_due
from flask_stadtlabor.outbox.operations import MAIL_WAITS
from flask_stadtlabor.state import EXTENSION, state_of

logger = logging.getLogger(__name__)

_workers: WeakKeyDictionary[Flask, tuple[int, ThreadPoolExecutor]] = WeakKeyDictionary()
_DELIVER = "stadtlabor_deliver_at_the_end"


def deliver_after_commit(app: Flask, db: SQLAlchemy) -> None:
    """Deliver in this process what ``app`` commits, where ``STADTLABOR_OUTBOX`` is ``inline``."""
    if not event.contains(db.session, "after_commit", _after_commit):
        event.listen(db.session, "after_commit", _after_commit)
    app.teardown_appcontext(_deliver_at_the_end)


def _after_commit(session: Session) -> None:
    if not session.info.pop(MAIL_WAITS, False) or not has_app_context():
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if EXTENSION not in app.extensions or state_of(app).settings.outbox != "inline":
        return
    if _is_in_memory(app):
        # a thread would share the only connection, so this one waits for the request to end
        setattr(g, _DELIVER, True)
    else:
        _worker(app).submit(_deliver, app)


def _deliver_at_the_end(error: BaseException | None) -> None:
    if g.pop(_DELIVER, False):
        deliver_due()


def _deliver(app: Flask) -> None:
    """Runs in the worker's thread; what fails here stays in the outbox for ``outbox run``."""
    with app.app_context():
        try:
            deliver_due()
        except SQLAlchemyError as error:
            logger.warning("The outbox could not be read: %s", type(error).__name__)


def _is_in_memory(app: Flask) -> bool:
    return isinstance(state_of(app).db.engine.pool, StaticPool)


def _worker(app: Flask) -> ThreadPoolExecutor:
    """One thread an app and process; a forked worker starts its own."""
    process, executor = _workers.get(app, (0, None))
    if executor is None or process != os.getpid():
        executor = ThreadPoolExecutor(1, thread_name_prefix="stadtlabor-outbox")
        _workers[app] = (os.getpid(), executor)
    return executor

"""The host's Celery, where ``STADTLABOR_OUTBOX`` leaves mail to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_stadtlabor.adapters.celery import (
    AT_MOST_TWICE,
    DELIVER,
    SECONDS,
    NoCelery,
    celery_app,
    connect,
)
from flask_stadtlabor.cli.checks.finding import Finding, error, note
from flask_stadtlabor.state import settings


def check_celery() -> Iterator[Finding]:
    """Findings about Celery: set up on this app, with a broker and a worker that answer."""
    if settings().outbox != "celery":
        return
    try:
        connection = connect()
    except NoCelery:
        yield error(
            "STADTLABOR_OUTBOX is 'celery', but this app has no Celery in app.extensions; set one "
            "up as Flask's documentation does with celery_init_app, or write 'worker'."
        )
        return
    try:
        connection.ensure_connection(**AT_MOST_TWICE)
        yield from _workers(connection)
    except Exception as failure:
        # each kind of broker has failures of its own
        yield error(
            f"Celery's broker does not answer ({type(failure).__name__}), so that mail waits; "
            "start it, or correct broker_url in CELERY."
        )
    finally:
        connection.release()


def _workers(connection: Any) -> Iterator[Finding]:
    inspect = celery_app().control.inspect(timeout=SECONDS, connection=connection)
    tasks_of = inspect.registered_tasks() or {}
    knowing = [name for name, tasks in tasks_of.items() if DELIVER in tasks]
    if knowing:
        yield note(f"Celery workers that deliver mail: {', '.join(sorted(knowing))}.")
    elif tasks_of:
        yield error(
            f"No Celery worker knows the task {DELIVER}, so that mail waits; let the worker make "
            "this app with the same settings, and start it anew."
        )
    else:
        yield error("No Celery worker answers, so that mail waits; start one.")

"""What staff takes down after a consent was withdrawn (C10)."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Row, Select, select, update

from flask_stadtlabor.consent.models import ConsentSubject, TakeDownTask
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows

DONE_SHOWN = 100
"""Tasks that are done and still listed, the latest first."""


class ContextTask(NamedTuple):
    """A task with what its person took part in."""

    task: TakeDownTask
    context: str


def open_tasks() -> list[ContextTask]:
    """What is still to be taken down, the oldest first."""
    statement = _tasks().where(TakeDownTask.done_at.is_(None)).order_by(TakeDownTask.id)
    return [_with_context(row) for row in session().execute(statement)]


def done_tasks() -> list[ContextTask]:
    """What was taken down of late, the latest first."""
    statement = (
        _tasks()
        .where(TakeDownTask.done_at.is_not(None))
        .order_by(TakeDownTask.done_at.desc(), TakeDownTask.id.desc())
        .limit(DONE_SHOWN)
    )
    return [_with_context(row) for row in session().execute(statement)]


def find_task(number: int) -> ContextTask | None:
    """One task; None where there is none of this number."""
    row = session().execute(_tasks().where(TakeDownTask.id == number)).one_or_none()
    return None if row is None else _with_context(row)


def finish(task: TakeDownTask, done_by: str) -> bool:
    """Tick a task off; False when somebody had done so before, whose name then stays."""
    count = change_rows(
        update(TakeDownTask)
        .where(TakeDownTask.id == task.id, TakeDownTask.done_at.is_(None))
        .values(done_at=now(), done_by=done_by)
    )
    session().expire(task)
    return count == 1


def _tasks() -> Select[TakeDownTask, str]:
    return select(TakeDownTask, ConsentSubject.context).join(
        ConsentSubject, ConsentSubject.reference == TakeDownTask.subject
    )


def _with_context(row: Row[TakeDownTask, str]) -> ContextTask:
    return ContextTask(row[0], row[1])

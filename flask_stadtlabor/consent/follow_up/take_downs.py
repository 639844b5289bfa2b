"""What staff takes down after a consent was withdrawn (C10)."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, Select, func, select, update

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.consent.models import ConsentSubject, TakeDownTask
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows

LIST_LIMIT = 100
"""How many tasks a list holds at most: a yes that runs out may end a thousand at once."""


class ContextTask(NamedTuple):
    """A task with what its person took part in."""

    task: TakeDownTask
    context: str


def contexts() -> list[str]:
    """What those took part in whose tasks there are, as opaque keys."""
    statement = _tasks().with_only_columns(ConsentSubject.context).distinct()
    return list(session().scalars(statement))


def open_tasks(contexts: Collection[str]) -> list[ContextTask]:
    """What is still to be taken down of these contexts: the oldest, and the oldest first."""
    statement = _tasks().where(*_is_open(contexts)).order_by(TakeDownTask.id).limit(LIST_LIMIT)
    return [_with_context(row) for row in session().execute(statement)]


def count_open(contexts: Collection[str]) -> int:
    """How much is still to be taken down of these contexts."""
    statement = _tasks().with_only_columns(func.count()).where(*_is_open(contexts))
    return session().scalar(statement) or 0


def done_tasks(contexts: Collection[str]) -> list[ContextTask]:
    """What was taken down of these contexts of late, the latest first."""
    statement = (
        _tasks()
        .where(ConsentSubject.context.in_(contexts), TakeDownTask.done_at.is_not(None))
        .order_by(TakeDownTask.done_at.desc(), TakeDownTask.id.desc())
        .limit(LIST_LIMIT)
    )
    return [_with_context(row) for row in session().execute(statement)]


def find_task(number: int) -> ContextTask | None:
    """One task; None where there is none of this number."""
    row = session().execute(_tasks().where(TakeDownTask.id == number)).one_or_none()
    return None if row is None else _with_context(row)


def finish(task: TakeDownTask, by: By) -> bool:
    """Tick a task off; False when somebody had done so before, whose name then stays."""
    count = change_rows(
        update(TakeDownTask)
        .where(TakeDownTask.id == task.id, TakeDownTask.done_at.is_(None))
        .values(done_at=now(), done_by=by.name, done_key=by.key)
    )
    session().expire(task)
    return count == 1


def _is_open(contexts: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return ConsentSubject.context.in_(contexts), TakeDownTask.done_at.is_(None)


def _tasks() -> Select[TakeDownTask, str]:
    return select(TakeDownTask, ConsentSubject.context).join(
        ConsentSubject, ConsentSubject.reference == TakeDownTask.subject
    )


def _with_context(row: Row[TakeDownTask, str]) -> ContextTask:
    return ContextTask(row[0], row[1])

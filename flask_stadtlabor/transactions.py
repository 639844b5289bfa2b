"""Unit of work: commits as a whole and retries after conflicts."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Delete, Select, Update, bindparam, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.exc import ObjectDeletedError
from sqlalchemy.sql.dml import ReturningUpdate

from flask_stadtlabor.database_failures import is_conflict
from flask_stadtlabor.db import Base
from flask_stadtlabor.exceptions import AlreadyDeleted
from flask_stadtlabor.state import current, session

Result = TypeVar("Result")
Row = TypeVar("Row", bound=Base)
TRIES = 5
PAUSE = 0.05
"""Seconds before another try, at most, times the number of tries."""
PATIENCE = 10
"""Seconds after which no other try begins: somebody waits for the answer."""
LOCK_SECONDS = 10
"""How long PostgreSQL waits for a lock, which it would else do for ever (S17)."""


def commit(work: Callable[[], Result]) -> Result:
    """Run ``work``, commit once and return its result.

    The work begins a transaction of its own, so that its first lock is not met by an older
    snapshot (MariaDB, REPEATABLE READ). Two requests for the same thing at the same moment may
    still meet in a unique index, a deadlock or a busy SQLite file; the loser starts afresh and
    then sees what the winner wrote. Any other exception rolls back and is raised, and so is the
    last failure, after :data:`TRIES` or :data:`PATIENCE`. Raises
    :class:`~.exceptions.AlreadyDeleted` where the work is about a row that somebody
    else has deleted since it was read.
    """
    patient_until = time.monotonic() + PATIENCE
    for tries in range(1, TRIES):
        try:
            return _attempt(work)
        except DBAPIError as error:
            if not is_conflict(error) or time.monotonic() >= patient_until:
                raise
            time.sleep(random.uniform(0, PAUSE * tries))  # noqa: S311 - spreads those who met
    return _attempt(work)


def change_rows(statement: Update | Delete, values: Mapping[str, Any] | None = None) -> int:
    """Run a bulk UPDATE or DELETE; returns the number of rows.

    ``values`` are those of its parameters. Objects of the session that stand for such a row do not
    learn of it.
    """
    bulk = statement.execution_options(synchronize_session=False)
    result = session().execute(bulk, values)
    return int(cast("CursorResult[object]", result).rowcount)


def lock_row(
    model: type[Row],
    column: InstrumentedAttribute[Any],
    value: object,
    *,
    touch: InstrumentedAttribute[Any],
) -> Row | None:
    """A row locked until the transaction ends and read afresh, in one statement; None without one.

    ``column`` has the ``value`` in that row alone. SQLite has no lock for a row: there an UPDATE of
    the column ``touch`` to its own value takes the lock of the file. Without joins, because
    PostgreSQL locks no outer join.
    """
    statement = _locking(model, column, touch, current().db.engine.dialect.name)
    found: Row | None = session().scalar(statement, {"value": value})
    return found


@cache
def _locking(
    model: type[Row],
    column: InstrumentedAttribute[Any],
    touch: InstrumentedAttribute[Any],
    dialect: str,
) -> Select[Any] | ReturningUpdate[Any]:
    which = column == bindparam("value")
    afresh = {"populate_existing": True}
    if dialect == "sqlite":
        locking = update(model).where(which).values({touch: touch}).returning(model)
        return locking.execution_options(synchronize_session=False, **afresh)
    return select(model).where(which).with_for_update().execution_options(**afresh)


def _attempt(work: Callable[[], Result]) -> Result:
    session().rollback()
    try:
        _wait_for_others()
        _limit_waits()
        result = work()
        session().commit()
    except ObjectDeletedError as error:
        session().rollback()
        raise AlreadyDeleted from error
    except BaseException:
        session().rollback()
        raise
    return result


def _wait_for_others() -> None:
    """Begin a READ COMMITTED transaction, whatever isolation level the host's engine has.

    In a stricter one, a quarter of the people who register at the same moment would be refused.
    """
    if current().is_stricter:
        session().connection(execution_options={"isolation_level": "READ COMMITTED"})


def _limit_waits() -> None:
    """Give every wait for a lock an end, for this transaction alone (S17).

    SQLite and MariaDB have one by themselves, of 5 and 50 seconds where the host says nothing.
    """
    if current().db.engine.dialect.name == "postgresql":
        limit = f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"
        session().connection().exec_driver_sql(limit)

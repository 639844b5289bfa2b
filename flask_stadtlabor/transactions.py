"""One unit of work: committed as a whole, and tried again when it met another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError

from flask_stadtlabor.state import session

Result = TypeVar("Result")
TRIES = 3


def commit(work: Callable[[], Result]) -> Result:
    """Run ``work``, commit once and return its result.

    Two requests for the same thing at the same moment may meet in a unique index, a deadlock or a
    busy SQLite file; the loser starts afresh and then sees what the winner wrote. Any other
    exception rolls back and is raised, and so is the last failure.
    """
    for _ in range(TRIES - 1):
        try:
            return _attempt(work)
        except (IntegrityError, OperationalError):
            continue
    return _attempt(work)


def _attempt(work: Callable[[], Result]) -> Result:
    try:
        result = work()
        session().commit()
    except BaseException:
        session().rollback()
        raise
    return result

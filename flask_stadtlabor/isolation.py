"""Parts of a job that cannot stop each other (S17)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from flask_stadtlabor.exceptions import OutOfService
from flask_stadtlabor.revision import NUMBER
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import commit

logger = logging.getLogger(__name__)


class Parts:
    """The parts of one job, and how many of them failed."""

    def __init__(self) -> None:
        self.failed = 0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Within the block a failure is rolled back, logged without its words, and counted.

        ``name`` says in the log what it was about, without naming anybody (S13). A database that
        is away is no failure of one part: that is raised.
        """
        try:
            yield
        except Exception as error:
            session().rollback()
            if isinstance(error, SQLAlchemyError) and not _database_answers():
                raise
            self.failed += 1
            reason = error if isinstance(error, OutOfService) else type(error).__name__
            logger.error("%s failed: %s", name, reason)

    def in_one_or_each(
        self, name: str, items: Sequence[int], work: Callable[[Sequence[int]], int]
    ) -> int:
        """Do ``work`` for all ``items`` in one transaction, or else for each in one of its own.

        So one that cannot be done stops none of the others. Returns the sum of what ``work`` does.
        """
        try:
            return commit(lambda: work(items))
        except Exception:
            # reported below, for the item that failed
            session().rollback()
        done = 0
        for item in items:
            with self.part(name):
                done += commit(partial(work, [item]))
        return done


def _database_answers() -> bool:
    try:
        # reads a table, because ``SELECT 1`` succeeds on a locked SQLite file too
        session().execute(select(NUMBER))
    except SQLAlchemyError:
        return False
    finally:
        session().rollback()
    return True

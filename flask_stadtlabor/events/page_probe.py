"""Whether a kept page would be made in the same way now: one statement, as cheap as can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Select, select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.ports import KeptPage
from flask_stadtlabor.revision import ContentRevision
from flask_stadtlabor.state import current, now

_events, _revision = Event.__table__.c, ContentRevision.__table__.c


Seats = tuple[int, int, int | None]
"""An event's id, its seats taken and the smallest party that waits: what tells the seats left."""


def seats_on(events: Iterable[Event]) -> tuple[Seats, ...]:
    """The seats on a page that shows these events.

    Without a limit, or without registration, nobody who comes changes what a page says.
    """
    return tuple(
        sorted(
            (event.id, event.seats_taken, event.smallest_party_waiting)
            for event in events
            if event.takes_registrations and event.capacity is not None
        )
    )


def is_right(page: KeptPage) -> bool:
    """Whether the page would be made in the same way now, by one statement."""
    if page.until is not None and now() >= page.until:
        return False
    rows = _read(page.revision, tuple(event for event, *_ in page.seats))
    return bool(rows) and page.seats == tuple(tuple(row) for row in rows if row[0] is not None)


def _read(
    revision: tuple[int, datetime | None], events: tuple[int, ...]
) -> Sequence[Sequence[Any]]:
    """The seats of these events; no row where the content has changed.

    At least one row else, of nothing where no event was asked for. It is read through the bare
    driver, because what SQLAlchemy does around a statement would cost more than all else here.
    """
    here = current()
    statement = _seats(revision, events)
    if here.db.session.registry.has():
        return here.db.session.execute(statement).all()
    with here.engine_for_reads.connect() as connection:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(_written(statement, connection.dialect))
            return cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error:
            # SQLAlchemy knows for each driver which failure means that a connection is lost
            return connection.execute(statement).all()
        finally:
            cursor.close()


@lru_cache(2000)
def _seats(revision: tuple[int, datetime | None], events: tuple[int, ...]) -> Select[Any]:
    number, changed_at = revision
    return (
        select(_events.id, _events.seats_taken, _events.smallest_party_waiting)
        .outerjoin_from(ContentRevision.__table__, Event.__table__, _events.id.in_(events))
        .where(
            _revision.id == 1,
            _revision.number == number,
            _revision.changed_at == changed_at,
        )
        .order_by(_events.id)
    )


@lru_cache(2000)
def _written(statement: Select[Any], dialect: Dialect) -> str:
    """The statement with its numbers in it, none of which a visitor had a hand in."""
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))

"""Cache validation: whether a cached page is still valid, by one cheap statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Select, select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import seats_told
from flask_stadtlabor.events.seat_count import SeatCount
from flask_stadtlabor.ports import KeptPage, SeatsShown
from flask_stadtlabor.revision import ContentRevision
from flask_stadtlabor.state import current, now

_events, _revision = Event.__table__.c, ContentRevision.__table__.c


def seats_on(events: Iterable[Event]) -> tuple[SeatsShown, ...]:
    """What a page that shows these events says about their seats.

    Without a limit, or without registration, nobody who comes changes what a page says.
    """
    moment = now()
    return tuple(
        sorted(
            SeatsShown(
                event.id,
                seats_told(event, moment),
                event.capacity,
                event.smaller_parties_may_pass,
                event.queue_is_served(moment),
            )
            for event in events
            if event.takes_registrations and event.capacity is not None
        )
    )


def is_fresh(page: KeptPage) -> bool:
    """Whether the cached page is still valid, by one statement."""
    if page.until is not None and now() >= page.until:
        return False
    rows = _read(page.revision, tuple(shown.event for shown in page.seats))
    return bool(rows) and _are_still(page.seats, tuple(map(tuple, rows)))


@lru_cache(2000)
def _are_still(seats: tuple[SeatsShown, ...], rows: tuple[tuple[Any, ...], ...]) -> bool:
    """Whether the page would say the same of its events whose counters are these now.

    From memory where nobody came since it was asked last, as for most who read a page.
    """
    found = {event: counters for event, *counters in rows}
    return all(shown.event in found and _is_still(shown, *found[shown.event]) for shown in seats)


def _is_still(shown: SeatsShown, taken: int, confirmed: int, smallest_waiting: int | None) -> bool:
    """Whether the page would say the same of an event whose counters are these now.

    It is the words that are compared, and not the counters, or the page's tag would tell whoever
    reads it twice what no page says (S16).
    """
    count = SeatCount(shown.capacity, taken, confirmed, smallest_waiting, shown.smaller_may_pass)
    return count.told(queue_is_served=shown.queue_is_served) == shown.told


def _read(
    revision: tuple[int, datetime | None], events: tuple[int, ...]
) -> Sequence[Sequence[Any]]:
    """The counters of these events; no row where the content has changed.

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
        select(
            _events.id,
            _events.seats_taken,
            _events.seats_confirmed,
            _events.smallest_party_waiting,
        )
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
    """The statement with its numbers inlined; none of them comes from a visitor."""
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))

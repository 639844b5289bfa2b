"""Seats: the one place that changes ``seats_taken`` and the counters of the waiting list.

Every function touches the event row, which thereby becomes the lock of all seats of the event:
call :func:`lock` first in an operation that reads before it changes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm.attributes import instance_state

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.state import session


def lock(event: Event) -> None:
    """Take the event row until the transaction ends, and read it afresh.

    The UPDATE takes SQLite's write lock, the locking read sees the latest row where MariaDB's
    snapshot would show an old one.
    """
    _change(event, seats_taken=Event.seats_taken)
    reread(event)


def reread(row: Event | Registration) -> None:
    """Read a row afresh and lock it, without joins: PostgreSQL locks no outer join."""
    model = type(row)
    session().scalars(
        select(model)
        .where(model.id == _key(row))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def fits(event: Event, seats: int, *, from_queue: bool = False) -> bool:
    """Whether :func:`take` would succeed; certain only under :func:`lock`."""
    if event.capacity is not None and event.seats_taken + seats > event.capacity:
        return False
    return from_queue or event.parties_waiting == 0


def take(event: Event, seats: int, *, from_queue: bool = False) -> bool:
    """Take seats if there are enough and nobody waits for them; False where not.

    A promotion takes them ``from_queue``, so that a freed seat never goes past the waiting list.
    One conditional UPDATE: right under any number of parallel requests, on every engine (S6).
    """
    conditions = [or_(Event.capacity.is_(None), Event.seats_taken + seats <= Event.capacity)]
    if not from_queue:
        conditions.append(Event.parties_waiting == 0)
    return _change(event, *conditions, seats_taken=Event.seats_taken + seats)


def release(event: Event, seats: int) -> None:
    """Give seats back."""
    _change(event, seats_taken=Event.seats_taken - seats)


def join_queue(event: Event) -> int:
    """Count one more waiting party; returns its queue number, larger than all before."""
    _change(
        event,
        parties_waiting=Event.parties_waiting + 1,
        last_queue_number=Event.last_queue_number + 1,
    )
    number = session().scalar(select(Event.last_queue_number).where(Event.id == _key(event)))
    return int(number or 0)


def leave_queue(event: Event, parties: int = 1) -> None:
    """Count one waiting party less, or several."""
    _change(event, parties_waiting=Event.parties_waiting - parties)


def _change(event: Event, *conditions: Any, **values: Any) -> bool:
    result = session().execute(
        update(Event)
        .where(Event.id == _key(event), *conditions)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session().expire(event, ["seats_taken", "parties_waiting", "last_queue_number"])
    return isinstance(result, CursorResult) and result.rowcount == 1


def _key(row: Event | Registration) -> int:
    """The primary key without a read, which an expired object would start."""
    identity = instance_state(row).identity
    if identity is None:
        raise ValueError("Only a stored row can be locked.")
    return int(identity[0])

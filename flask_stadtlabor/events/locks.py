"""The lock of an event, which every change of the event and of its registrations takes first.

This module and :mod:`flask_stadtlabor.registration.locks` are the only ones that lock those rows.
Whatever changes one of them takes a :class:`LockedEvent` as its argument, so that none can forget
the lock (S17). The order is the same for everybody: the event, its registrations, and the consent
ledger last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute, SessionTransaction
from sqlalchemy.orm.attributes import instance_state

from flask_stadtlabor.db import Base
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exceptions import AlreadyDeleted
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import lock_row


class LockEnded(RuntimeError):
    """The transaction that held the lock is over."""


@dataclass(frozen=True)
class LockedEvent:
    """An event locked until the transaction ends; only this module creates it."""

    _event: Event
    _transaction: SessionTransaction | None

    @property
    def event(self) -> Event:
        """The event, as it is under the lock; raises :class:`LockEnded` after the transaction."""
        if self._transaction is None or self._transaction is not transaction():
            raise LockEnded
        return self._event


def lock_event(event: Event) -> LockedEvent:
    """Take the event row until the transaction ends, and read it afresh.

    Raises :class:`~.exceptions.AlreadyDeleted` for one that is there no longer.
    """
    return lock_event_numbered(key_of(event))


def lock_event_numbered(number: int) -> LockedEvent:
    """The same for the event with this number, without a read before the lock."""
    found = _lock(Event.id, number)
    if found is None:
        raise AlreadyDeleted
    return found


def lock_event_named(slug: str) -> LockedEvent | None:
    """The same for the event with this slug; None where there is none."""
    return _lock(Event.slug, slug)


def _lock(column: InstrumentedAttribute[Any], value: object) -> LockedEvent | None:
    """MariaDB's snapshot begins after the lock, where nothing was read before.

    What is read under the lock would else be as it was before others had it (REPEATABLE READ).
    """
    event = lock_row(Event, column, value, touch=Event.seats_taken)
    return None if event is None else LockedEvent(event, transaction())


def transaction() -> SessionTransaction | None:
    """The transaction of the current session, the outermost where one is nested."""
    return session().registry().get_transaction()


def key_of(row: Base) -> int:
    """The primary key without a read, which an expired object would start."""
    identity = instance_state(row).identity
    if identity is None:
        raise ValueError("Only a stored row can be locked.")
    return int(identity[0])

"""The lock of a registration: its event first, then the row itself, both read afresh (S17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor.db import Statement
from flask_stadtlabor.events.locks import LockedEvent, key_of, lock_event_numbered
from flask_stadtlabor.exceptions import AlreadyDeleted
from flask_stadtlabor.registration.models import Registration, number_of_event
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import lock_row


@dataclass(frozen=True)
class Locked(LockedEvent):
    """A registration and its event under lock; only this module creates it."""

    _registration: Registration

    @property
    def registration(self) -> Registration:
        """The registration with its event, as they are under the lock.

        Raises :class:`~flask_stadtlabor.events.locks.LockEnded` after the transaction.
        """
        set_committed_value(self._registration, "event", self.event)
        return self._registration


def lock_registration(registration: Registration) -> Locked:
    """Lock the registration until the transaction ends.

    Raises :class:`~.exceptions.AlreadyDeleted` for one that is there no longer.
    """
    number = key_of(registration)
    return lock_number(lock_event_numbered(number_of_event(registration)), number)


def lock_number(within: LockedEvent, number: int) -> Locked:
    """The same for the registration with this number, whose event is locked already."""
    found = lock_row(Registration, Registration.id, number, touch=Registration.state)
    if found is None:
        raise AlreadyDeleted
    return _locked(within, found)


def lock_found(within: LockedEvent, found: Statement) -> list[Locked]:
    """The same for the registrations that a statement finds, those of the locked event alone."""
    rows = session().scalars(
        found.where(Registration.event_id == within.event.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [_locked(within, row) for row in rows.all()]


def find_under(within: LockedEvent, found: Statement) -> list[Locked]:
    """The registrations of a locked event that a statement finds.

    The event's lock is enough for them. A row lock would make MariaDB lock the gaps beside missing
    rows and block inserts there.
    """
    rows = session().scalars(
        found.where(Registration.event_id == within.event.id).execution_options(
            populate_existing=True
        )
    )
    return [_locked(within, row) for row in rows.all()]


def find_with_others(
    within: LockedEvent, found: Statement, parameters: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Rows of a registration of the locked event, or of none, and other columns behind it.

    As :func:`find_under`.
    """
    rows = session().execute(found, {"event": within.event.id, **parameters})
    return [(_locked(within, first) if first else None, *others) for first, *others in rows.all()]


def _locked(within: LockedEvent, found: Registration) -> Locked:
    event = within.event
    set_committed_value(found, "event", event)
    return Locked(event, within._transaction, found)

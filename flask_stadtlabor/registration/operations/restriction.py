"""Restricting what is done with a registration, at the person's request (Art. 18 GDPR).

It is kept until staff lifts that, and nobody is reminded, thanked or asked again for a consent. Its
seats, and news about the event, are as for everybody.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement

from flask_stadtlabor import signals
from flask_stadtlabor.registration.locks import Locked
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.state import now, session


def is_unrestricted() -> ColumnElement[bool]:
    """The registrations that retention, courtesies and asking again may take up."""
    return Registration.restricted_at.is_(None)


def restrict(locked: Locked) -> None:
    """Staff restricts it from now on; does nothing the second time."""
    registration = locked.registration
    if registration.restricted_at is None:
        registration.restricted_at = now()
        _tell(registration)


def lift(locked: Locked) -> None:
    """Staff lifts the restriction, after the person was told; does nothing the second time."""
    registration = locked.registration
    if registration.restricted_at is not None:
        registration.restricted_at = None
        _tell(registration)


def _tell(registration: Registration) -> None:
    session().flush()
    signals.send(
        signals.registration_changed,
        registration=registration,
        changes=frozenset({"restricted_at"}),
    )

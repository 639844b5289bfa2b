"""Accounts of the host's: who is signed in, and which registrations are theirs.

A registration is tied to an account by a keyed hash of the host's key, so that every database finds
exactly that key, whatever its collation, and the table tells nobody whose account it is.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from flask_stadtlabor.addresses import folded_address
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exceptions import NotSignedIn
from flask_stadtlabor.ports import Actor
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.retention_periods import registration_kept_until
from flask_stadtlabor.state import current, now, session
from flask_stadtlabor.tokens import keyed_hash, keyed_hashes

_PURPOSE = "account"


class Tie(StrEnum):
    """Whether a registration is in an account, for whoever looks at it."""

    FREE = "free"
    """In none."""
    OWN = "own"
    """In that of whoever is signed in."""
    OTHER = "other"
    """In another one, or nobody is signed in."""


def signed_in() -> Actor | None:
    """Who is signed in at the host; None for a stranger, and where the host knows no key."""
    actor = current().ports.actor()
    return actor if actor is not None and actor.key else None


def require_signed_in() -> Actor:
    """Who is signed in; raises :class:`~flask_stadtlabor.exceptions.NotSignedIn` for a stranger."""
    actor = signed_in()
    if actor is None:
        raise NotSignedIn
    return actor


def has_confirmed(actor: Actor | None, address: str) -> bool:
    """Whether the host has made sure that this address is the actor's."""
    if actor is None or not actor.email_verified or not actor.email:
        return False
    return folded_address(actor.email) == folded_address(address)


def account_key(key: str) -> str:
    """What is stored for the host's key of an account."""
    return keyed_hash(_PURPOSE, key)


def account_keys(key: str) -> tuple[str, ...]:
    """All values under which rows of the account may stand, also those from before a new secret."""
    return keyed_hashes(_PURPOSE, key)


def is_in_account(key: str) -> ColumnElement[bool]:
    """The registrations of this account."""
    return Registration.account_key.in_(account_keys(key))


def tie_of(registration: Registration, actor: Actor | None) -> Tie:
    """Whether ``registration`` is in an account, and whether that is the actor's."""
    tied = registration.account_key
    if tied is None:
        return Tie.FREE
    keys = account_keys(actor.key) if actor is not None else ()
    return Tie.OWN if any(hmac.compare_digest(tied, key) for key in keys) else Tie.OTHER


def registrations_of(actor: Actor, *conditions: ColumnElement[bool]) -> Sequence[Registration]:
    """What the account has, with the events, in the order of these; one statement.

    What is due for deletion is not shown any more, deleted or not.
    """
    rows = session().scalars(
        select(Registration)
        .join(Registration.event)
        .options(contains_eager(Registration.event))
        .where(is_in_account(actor.key), *conditions)
        .order_by(Event.starts_at, Registration.id)
    )
    return [row for row in rows if _is_kept(row)]


def _is_kept(registration: Registration) -> bool:
    due = registration_kept_until(registration)
    return due is None or now() < due

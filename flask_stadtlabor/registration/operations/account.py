"""A registration comes into somebody's account, or leaves it; nothing else of it changes."""

from __future__ import annotations

from flask_stadtlabor import signals
from flask_stadtlabor.ports import Actor
from flask_stadtlabor.registration.accounts import Tie, account_key, tie_of
from flask_stadtlabor.registration.locks import Locked
from flask_stadtlabor.registration.refusals import InOtherAccount
from flask_stadtlabor.state import session


def add(locked: Locked, actor: Actor) -> None:
    """Tie it to the actor's account; does nothing where it is there already.

    Raises :class:`InOtherAccount` for one that belongs to another account.
    """
    tie = tie_of(locked.registration, actor)
    if tie == Tie.OTHER:
        raise InOtherAccount
    if tie == Tie.FREE:
        _tie_to(locked, account_key(actor.key))


def remove(locked: Locked) -> None:
    """Take it out of the account in which it is; its personal links work as before."""
    if locked.registration.account_key is not None:
        _tie_to(locked, None)


def _tie_to(locked: Locked, key: str | None) -> None:
    registration = locked.registration
    registration.account_key = key
    session().flush()
    changes = frozenset({"account_key"})
    signals.send(signals.registration_changed, registration=registration, changes=changes)

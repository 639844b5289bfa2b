"""What the person of this request may do, by the host's policy; nothing by default (S12)."""

from __future__ import annotations

from collections.abc import Iterable

from flask_stadtlabor.exceptions import NotAllowed
from flask_stadtlabor.ports import Action, Actor
from flask_stadtlabor.state import current


def allowed(action: Action, subject: object = None) -> bool:
    """Whether the host's policy lets the current actor do ``action`` to ``subject``."""
    ports = current().ports
    return bool(ports.policy(ports.actor(), action.value, subject))


def require(action: Action, subject: object = None) -> None:
    """Raises :class:`~.exceptions.NotAllowed` (403) for somebody who may not."""
    if not allowed(action, subject):
        raise NotAllowed


def require_any(actions: Iterable[Action]) -> None:
    """Raises :class:`~.exceptions.NotAllowed` (403) for somebody who may do none of them."""
    if not any(allowed(action) for action in actions):
        raise NotAllowed


def staff() -> Actor:
    """Who acts; raises :class:`~.exceptions.NotAllowed` where nobody is signed in."""
    actor = current().ports.actor()
    if actor is None:
        raise NotAllowed
    return actor

"""Who is signed in, by Flask-Login where the host has set it up on this app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app

from flask_stadtlabor.ports import Actor

NAMES = ("display_name", "name", "username")


@dataclass(frozen=True, kw_only=True)
class FlaskLoginActor:
    """The signed-in user as an actor; None for a stranger or without a LoginManager.

    A user's ``display_name``, ``name`` or ``username`` is taken for the name, where there is one.
    Each field names an attribute of the user, or a method without arguments; empty, the host says
    nothing of it.
    """

    key: str = ""
    """A lasting key; empty, ``get_id()``."""
    email: str = ""
    email_verified: str = ""
    """What is true, or a time, once the address is confirmed (Flask-Security: ``confirmed_at``).

    Name it only where nobody can change an address without confirming the new one."""
    given_name: str = ""
    family_name: str = ""

    def __call__(self) -> Actor | None:
        """The actor of the current request."""
        if not hasattr(current_app, "login_manager"):
            return None
        from flask_login import current_user

        if not current_user.is_authenticated:
            return None
        email = _text(current_user, self.email)
        names = (_text(current_user, name) for name in NAMES)
        return Actor(
            key=_text(current_user, self.key or "get_id"),
            name=next(filter(None, names), ""),
            email=email,
            email_verified=bool(email and _value(current_user, self.email_verified)),
            given_name=_text(current_user, self.given_name),
            family_name=_text(current_user, self.family_name),
        )


current_actor = FlaskLoginActor()
"""By ``get_id()`` and the name alone."""


def _text(user: object, name: str) -> str:
    value = _value(user, name)
    return "" if value is None else str(value)


def _value(user: object, name: str) -> Any:
    """What the user has by this name; a method is called, because it would always be true."""
    value = getattr(user, name, None) if name else None
    return value() if callable(value) else value

"""Who is signed in, by Flask-Login where the host has set it up on this app."""

from __future__ import annotations

from flask import current_app

from flask_stadtlabor.ports import Actor


def current_actor() -> Actor | None:
    """The signed-in user by ``get_id()``; None for a stranger or without a LoginManager.

    A user's ``display_name``, ``name`` or ``username`` is taken for the name, where there is one.
    """
    if not hasattr(current_app, "login_manager"):
        return None
    from flask_login import current_user

    if not current_user.is_authenticated:
        return None
    names = (getattr(current_user, key, None) for key in ("display_name", "name", "username"))
    return Actor(key=str(current_user.get_id()), name=str(next(filter(None, names), "")))

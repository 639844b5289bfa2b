"""Access control of the back office: each view first asks the host's policy (S12)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort
from flask.typing import ResponseReturnValue

from flask_stadtlabor.events.queries import find_event
from flask_stadtlabor.permissions import require
from flask_stadtlabor.ports import Action


def guarded(
    view: Callable[..., ResponseReturnValue], action: Action
) -> Callable[..., ResponseReturnValue]:
    """Wrap ``view`` so that it runs only if the actor may do ``action``.

    A view whose address names an event by its slug gets the ``event`` instead, drafts too, and the
    policy is asked about that event. Whether a slug exists is told only to those who may know.
    """

    @wraps(view)
    def gate(slug: str | None = None, **values: Any) -> ResponseReturnValue:
        if slug is None:
            require(action)
            return view(**values)
        event = find_event(slug)
        require(action, event)
        if event is None:
            abort(404)
        return view(event=event, **values)

    return gate

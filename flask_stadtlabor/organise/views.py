"""The front page of the back office: the events, what is going on there, and what is to be done."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from flask_stadtlabor.organise.queries import list_events
from flask_stadtlabor.permissions import allowed
from flask_stadtlabor.ports import Action


def index() -> ResponseReturnValue:
    """All events, drafts too, with their seats; upcoming ones first."""
    upcoming, past = list_events()
    return render_template(
        "stadtlabor/organise/index.html",
        upcoming=upcoming,
        past=past,
        may_edit_texts=allowed(Action.EDIT_TEXTS),
    )

"""The front page of the back office: the events, what is going on there, and what is to be done."""

from __future__ import annotations

from flask import abort, redirect, render_template
from flask.typing import ResponseReturnValue

from flask_stadtlabor.organise.queries import find_ticket, list_events
from flask_stadtlabor.urls import local_url


def index() -> ResponseReturnValue:
    """All events, drafts too, with their seats; upcoming ones first."""
    upcoming, past = list_events()
    return render_template("stadtlabor/organise/index.html", upcoming=upcoming, past=past)


def ticket_check(code: str) -> ResponseReturnValue:
    """Where a ticket's QR code leads; 404 for a code that no ticket has."""
    if find_ticket(code) is None:
        abort(404)
    return redirect(local_url("organise"), 302)

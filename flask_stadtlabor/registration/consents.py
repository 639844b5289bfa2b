"""A person's consents behind their link: withdraw one, see what was answered."""

from __future__ import annotations

from flask import abort, redirect, render_template
from flask.typing import ResponseReturnValue

from flask_stadtlabor.consent import queries as consent
from flask_stadtlabor.i18n import words
from flask_stadtlabor.registration import operations
from flask_stadtlabor.registration.opened import button_problems, opened, personal
from flask_stadtlabor.registration.self_service import show_page
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url


def withdraw(purpose: str) -> ResponseReturnValue:
    """The person withdraws one consent: one POST, effective at once (C10)."""
    mine = opened()
    asked = next((s for s in consent.statuses(mine.subject) if s.slug == purpose), None)
    if asked is None:
        abort(404)
    problems = button_problems(mine.subject)
    if problems:
        return show_page(mine, problems, 422)
    title = words(asked.title)
    commit(lambda: operations.withdraw(mine.subject, mine.registration, purpose, title))
    return redirect(local_url("registration"), 303)


def receipt() -> ResponseReturnValue:
    """What was asked and answered about the person's consent, to keep or print."""
    mine = opened()
    return personal(
        render_template(
            "stadtlabor/registration/receipt.html",
            registration=mine.registration,
            subject=mine.subject,
            event=mine.registration.event if mine.registration else None,
            consents=consent.statuses(mine.subject),
            entries=consent.history(mine.subject),
        )
    )

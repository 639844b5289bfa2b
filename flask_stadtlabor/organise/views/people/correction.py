"""Staff corrects somebody's details, because they asked for it (Art. 16 GDPR)."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.forms.correction import RectifyForm, rectify_form
from flask_stadtlabor.organise.views.staff_page import (
    next_page,
    registration_or_404,
    require_for_link,
    staff_page,
)
from flask_stadtlabor.permissions import require
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.operations import correction
from flask_stadtlabor.registration.refusals import AddressTaken, ChangedMeanwhile
from flask_stadtlabor.transactions import commit


def rectify(event: Event, number: int) -> ResponseReturnValue:
    """The form with what is stored: GET shows it, POST corrects it."""
    require(Action.SEE_REGISTRATIONS, event)
    registration = registration_or_404(event, number)
    require_for_link(event, registration)
    form = rectify_form(registration)
    if not form.is_submitted():
        return _show(event, form)
    if not form.validate():
        return _show(event, form, 422)
    news = "readdressed" if registration.email else "addressed"
    try:
        # what the form does not ask is taken from the registration under its lock
        changed = commit(
            lambda: correction.correct(
                lock_registration(registration), form.details(), seen=form.seen.data or ""
            )
        )
    except ChangedMeanwhile:
        form.show_both_versions(registration_or_404(event, number))
        return _show(event, form, 409)
    except AddressTaken:
        problem = _sl("This address is registered for this event by another registration.")
        return _refuse(event, number, form, problem, 409)
    if "email" not in changed:
        news = "rectified" if changed else ""
    return redirect(next_page(event, number, news), 303)


def _refuse(event: Event, number: int, form: RectifyForm, problem: str, status: int) -> Response:
    """The form again, with what is wrong with the address."""
    form.registration = registration_or_404(event, number)
    form["email"].errors = [problem]
    return _show(event, form, status)


def _show(event: Event, form: RectifyForm, status: int = 200) -> Response:
    return staff_page(
        "rectify.html", status, event=event, registration=form.registration, form=form
    )

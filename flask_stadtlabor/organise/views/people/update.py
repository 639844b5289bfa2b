"""Staff changes the size of a party and its answers, because somebody asked for it."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import seats_left
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.forms.signup import ask_about_somebody
from flask_stadtlabor.organise.views.people import registrations
from flask_stadtlabor.organise.views.people.signup import why_not
from flask_stadtlabor.organise.views.staff_page import next_page, registration_or_404, staff_page
from flask_stadtlabor.permissions import allowed, require
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.forms.button import mark_of
from flask_stadtlabor.registration.forms.update import ChangeForm, change_form
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.operations import update
from flask_stadtlabor.registration.refusals import (
    ChangedMeanwhile,
    NotPossible,
    NotTaken,
    StillInside,
)
from flask_stadtlabor.state import now
from flask_stadtlabor.transactions import commit


def change(event: Event, number: int) -> ResponseReturnValue:
    """The form with the registration as it is: GET shows it, POST changes the registration."""
    require(Action.SEE_REGISTRATIONS, event)
    registration = registration_or_404(event, number)
    form = change_form(
        registration,
        mark_of(registration.subject),
        with_support=allowed(Action.SEE_SUPPORT_NEEDS, event),
    )
    ask_about_somebody(form)
    if not update.can_be_changed(registration):
        problem = _sl("This registration can no longer be changed.")
        return registrations.show_page(event, registration, problems=[problem], status=409)
    if not form.is_submitted():
        return _show(event, form, 200)
    if not form.validate():
        return _show(event, form, 422)
    try:
        # what the form does not ask is taken from the registration under its lock
        changed = commit(
            lambda: update.change(
                lock_registration(registration),
                form.wanted(),
                seen=form.seen.data or "",
                by_staff=True,
            )
        )
    except ChangedMeanwhile:
        form.show_both_versions(registration_or_404(event, number))
        return _show(event, form, 409)
    except NotTaken as refusal:
        return _refuse(event, number, form, why_not(event, refusal.step, seats_left(event, now())))
    except StillInside:
        return _refuse(event, number, form, registrations.still_inside())
    except NotPossible:
        return _refuse(event, number, form, _sl("This registration can no longer be changed."))
    return redirect(next_page(event, number, "changed" if changed else ""), 303)


def _refuse(event: Event, number: int, form: ChangeForm, problem: str) -> Response:
    """The form again, with what was filled in; nothing has been changed."""
    form.registration = registration_or_404(event, number)
    form.form_problems = [problem]
    return _show(event, form, 409)


def _show(event: Event, form: ChangeForm, status: int) -> Response:
    return staff_page("change.html", status, event=event, registration=form.registration, form=form)

"""Self-service: somebody changes their registration."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.events.next_step import NextStep, Step
from flask_stadtlabor.i18n import _sl, _sln
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.registration import changing
from flask_stadtlabor.registration.applying import NotTaken
from flask_stadtlabor.registration.change_form import ChangeForm, change_form
from flask_stadtlabor.registration.models import RegistrationState
from flask_stadtlabor.registration.opened import (
    about_another,
    is_about_another,
    mark_of,
    opened,
    opened_registration,
    personal,
)
from flask_stadtlabor.registration.self_service import (
    no_longer_possible,
    show_page,
    too_many_changes,
)
from flask_stadtlabor.registration.states import NotPossible
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url


def change() -> ResponseReturnValue:
    """The form with the registration as it is: GET shows it, POST changes the registration."""
    registration = opened_registration()
    form = change_form(registration, mark_of(registration.subject))
    if not form.is_submitted():
        if not changing.can_be_changed(registration):
            return redirect(local_url("registration"), 303)
        return _show_form(form, 200)
    if is_about_another(form.about.data, registration.subject):
        return show_page(opened(), [about_another()], 422)
    if not changing.can_be_changed(registration):
        return show_page(opened(), [no_longer_possible()], 409)
    if not form.validate():
        return _show_form(form, 422)
    if not within_limit("link", client_key()):
        form.form_problems = [too_many_changes()]
        return _show_form(form, 429)
    wish = form.wish()
    try:
        commit(lambda: changing.change(registration, wish))
    except NotTaken as refusal:
        form.form_problems = [_why_not(refusal.step, form)]
        return _show_form(form, 409)
    except NotPossible:
        return show_page(opened(), [no_longer_possible()], 409)
    return redirect(local_url("registration", changed="yes"), 303)


def _show_form(form: ChangeForm, status: int) -> Response:
    page = render_template(
        "stadtlabor/registration/change.html",
        form=form,
        registration=form.registration,
        event=form.event,
    )
    return personal(page, status)


def _why_not(step: NextStep, form: ChangeForm) -> str:
    """Why the party cannot grow, without a number that public pages do not tell (S16)."""
    if step.step != Step.FULL:
        return _sl(
            "The event takes no registrations at the moment, so that your group can become "
            "smaller, but not larger. Nothing has been changed."
        )
    if form.registration.state == RegistrationState.WAITING:
        return _sln(
            "The event has only one seat in all. Nothing has been changed.",
            "The event has only %(num)d seats in all. Nothing has been changed.",
            form.event.capacity or 0,
        )
    if step.party_is_too_large:
        return _sl(
            "There are not enough seats for so many more at the moment. Nothing has been changed."
        )
    return _sl(
        "There is no further seat left: all are taken, or others are waiting for them. "
        "Nothing has been changed."
    )

"""Self-service: somebody changes their registration."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.i18n import _sln
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.registration.forms.button import about_another, is_about_another, mark_of
from flask_stadtlabor.registration.forms.update import ChangeForm, change_form
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.operations import update
from flask_stadtlabor.registration.refusals import (
    ChangedMeanwhile,
    NotPossible,
    NotTaken,
    StillInside,
)
from flask_stadtlabor.registration.views.link_session import opened, opened_registration, personal
from flask_stadtlabor.registration.views.overview import (
    no_longer_possible,
    show_page,
    too_many_changes,
)
from flask_stadtlabor.registration.views.size_refusal import why_not
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def change() -> ResponseReturnValue:
    """The form with the registration as it is: GET shows it, POST changes the registration."""
    registration = opened_registration()
    form = change_form(registration, mark_of(registration.subject))
    if not form.is_submitted():
        if not update.can_be_changed(registration):
            return see_other("registration")
        return _show_form(form, 200)
    mark = form.about.data
    if is_about_another(mark, registration.subject):
        if mark:
            return show_page(opened(), [about_another(mark)], 422)
        form.about.data = mark_of(registration.subject)
        form.form_problems = [about_another(mark)]
        return _show_form(form, 422)
    if not update.can_be_changed(registration):
        return show_page(opened(), [no_longer_possible()], 409)
    if not form.validate():
        return _show_form(form, 422)
    if not within_limit("link", client_key()):
        form.form_problems = [too_many_changes()]
        return _show_form(form, 429)
    try:
        # what the form does not ask is taken from the registration under its lock
        commit(
            lambda: update.change(
                lock_registration(registration), form.wanted(), seen=form.seen.data or ""
            )
        )
    except ChangedMeanwhile:
        form.show_both_versions(registration)
        return _show_form(form, 409)
    except NotTaken as refusal:
        form.form_problems = [why_not(refusal.step, registration)]
        return _show_form(form, 409)
    except StillInside:
        form.form_problems = [_more_are_inside(registration.arrived)]
        return _show_form(form, 409)
    except NotPossible:
        return show_page(opened(), [no_longer_possible()], 409)
    return see_other("registration", now="changed")


def _show_form(form: ChangeForm, status: int) -> Response:
    page = draw(
        "stadtlabor/registration/change.html",
        form=form,
        registration=form.registration,
        event=form.event,
    )
    return personal(page, status)


def _more_are_inside(arrived: int) -> str:
    return _sln(
        "%(num)d person of your group is inside already, so it cannot become smaller than that. "
        "Nothing has been changed.",
        "%(num)d people of your group are inside already, so it cannot become smaller than that. "
        "Nothing has been changed.",
        arrived,
    )

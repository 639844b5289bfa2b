"""Staff corrects somebody's details, because they asked for it (Art. 16 GDPR)."""

from __future__ import annotations

from typing import Any

from flask import redirect
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response
from wtforms import StringField

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.form_fields import LONGEST_NAME, AddressField, PlainText, Required, stripped
from flask_stadtlabor.i18n import _sl, lazy
from flask_stadtlabor.organise.forms.door import BY_HAND, StaffPersonForm
from flask_stadtlabor.organise.views.staff_page import (
    registration_or_404,
    require_for_link,
    staff_page,
)
from flask_stadtlabor.permissions import require
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.forms.protection import CheckedForm
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.operations import correction
from flask_stadtlabor.registration.refusals import AddressTaken
from flask_stadtlabor.registration.requests import PersonDetails
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url


class RectifyForm(StaffPersonForm, CheckedForm):
    """Who somebody is; :func:`_form` adds what is known, or may be, of this one."""

    registration: Registration

    def details(self) -> PersonDetails:
        """What was filled in; what the form does not ask stays as it is."""
        return PersonDetails(
            given_name=str(self.given_name.data),
            family_name=str(self.family_name.data),
            email=self["email"].data or None,
            reach=self._given("reach"),
            guardian_name=self._given("guardian_name"),
        )

    def _given(self, name: str) -> str | None:
        if name in self:
            return self[name].data or None
        kept: str | None = getattr(self.registration, name)
        return kept


def rectify(event: Event, number: int) -> ResponseReturnValue:
    """The form with what is stored: GET shows it, POST corrects it."""
    require(Action.SEE_REGISTRATIONS, event)
    registration = registration_or_404(event, number)
    require_for_link(event, registration)
    form = _form(registration)
    if not form.is_submitted():
        return _show(event, form)
    if not form.validate():
        return _show(event, form, 422)
    try:
        # what the form does not ask is taken from the registration under its lock
        changed = commit(
            lambda: correction.correct(lock_registration(registration), form.details())
        )
    except AddressTaken:
        problem = _sl("This address is registered for this event by another registration.")
        return _refuse(event, number, form, problem, 409)
    news = {"now": "readdressed" if "email" in changed else "rectified"} if changed else {}
    return redirect(local_url("organise_registration", slug=event.slug, number=number, **news), 303)


def _form(registration: Registration) -> RectifyForm:
    """The form of ``registration``, filled with what is stored, or with what was posted."""

    class RegistrationsForm(RectifyForm):
        """This registration's form."""

    needed = [Required(lazy("Enter the e-mail address."))] if registration.email else []
    RegistrationsForm.email = AddressField(
        lazy("E-mail address"), validators=needed, render_kw=BY_HAND
    )
    if registration.is_under_age or registration.guardian_name:
        RegistrationsForm.guardian_name = StringField(
            lazy("Name of a parent or guardian"),
            filters=[stripped],
            validators=[
                Required(lazy("Enter the name of a parent or guardian.")),
                PlainText(LONGEST_NAME),
            ],
            render_kw=BY_HAND,
        )
    form = RegistrationsForm(data=_stored(registration))
    if registration.email and not registration.reach:
        del form.reach
    form.registration = registration
    return form


def _stored(registration: Registration) -> dict[str, Any]:
    names = ("given_name", "family_name", "email", "reach", "guardian_name")
    return {name: getattr(registration, name) for name in names}


def _refuse(event: Event, number: int, form: RectifyForm, problem: str, status: int) -> Response:
    """The form again, with what is wrong with the address."""
    form.registration = registration_or_404(event, number)
    form["email"].errors = [problem]
    return _show(event, form, status)


def _show(event: Event, form: RectifyForm, status: int = 200) -> Response:
    return staff_page(
        "rectify.html", status, event=event, registration=form.registration, form=form
    )

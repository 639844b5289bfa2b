"""Staff corrects somebody's details, because they asked for it (Art. 16 GDPR)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from flask import redirect
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response
from wtforms import StringField

from flask_stadtlabor.addresses import shown_address
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.form_fields import LONGEST_NAME, AddressField, PlainText, Required, stripped
from flask_stadtlabor.i18n import _sl, lazy
from flask_stadtlabor.organise.forms.door import BY_HAND, StaffPersonForm
from flask_stadtlabor.organise.views.staff_page import (
    next_page,
    registration_or_404,
    require_for_link,
    staff_page,
)
from flask_stadtlabor.permissions import require
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.forms.in_words import text_in_words
from flask_stadtlabor.registration.forms.stored import StoredForm, Versions
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.operations import correction
from flask_stadtlabor.registration.refusals import AddressTaken, ChangedMeanwhile
from flask_stadtlabor.registration.requests import PersonDetails
from flask_stadtlabor.transactions import commit


class RectifyForm(StoredForm, StaffPersonForm):
    """Who somebody is; :func:`_form` adds what is known, or may be, of this one."""

    def columns(self) -> list[str]:
        """The names of the columns that it shows and writes."""
        return [field.name for field in fields(PersonDetails) if field.name in self]

    def details(self) -> PersonDetails:
        """What was filled in; what the form does not ask stays as it is."""
        return PersonDetails(
            given_name=str(self.given_name.data),
            family_name=str(self.family_name.data),
            email=self["email"].data or None,
            reach=self._given("reach"),
            guardian_name=self._given("guardian_name"),
        )

    def versions(self) -> Iterator[Versions]:
        """Each field that says otherwise than is stored now."""
        stored = _stored(self.registration)
        for name, typed in asdict(self.details()).items():
            if stored[name] != typed:
                yield Versions(self[name], _in_words(name, stored[name]), _in_words(name, typed))

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
    if registration.email and not form.reach.data:
        del form.reach
    form.registration = registration
    form.mark()
    return form


def _stored(registration: Registration) -> dict[str, Any]:
    return {field.name: getattr(registration, field.name) for field in fields(PersonDetails)}


def _in_words(name: str, value: str | None) -> str:
    return text_in_words(shown_address(value) if name == "email" and value else value)


def _refuse(event: Event, number: int, form: RectifyForm, problem: str, status: int) -> Response:
    """The form again, with what is wrong with the address."""
    form.registration = registration_or_404(event, number)
    form["email"].errors = [problem]
    return _show(event, form, status)


def _show(event: Event, form: RectifyForm, status: int = 200) -> Response:
    return staff_page(
        "rectify.html", status, event=event, registration=form.registration, form=form
    )

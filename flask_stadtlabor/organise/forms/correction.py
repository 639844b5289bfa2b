"""The form in which staff corrects somebody's details."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from wtforms import StringField

from flask_stadtlabor.addresses import shown_address
from flask_stadtlabor.form_fields import LONGEST_NAME, AddressField, PlainText, Required, stripped
from flask_stadtlabor.i18n import lazy
from flask_stadtlabor.organise.forms.door import BY_HAND, StaffPersonForm
from flask_stadtlabor.registration.forms.in_words import text_in_words
from flask_stadtlabor.registration.forms.stored import StoredForm, Versions
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.requests import PersonDetails


class RectifyForm(StoredForm, StaffPersonForm):
    """Who somebody is; :func:`rectify_form` adds what is known, or may be, of this one."""

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


def rectify_form(registration: Registration) -> RectifyForm:
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

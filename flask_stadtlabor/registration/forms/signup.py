"""The registration form of one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from wtforms import (
    BooleanField,
    Field,
    StringField,
    ValidationError,
)

from flask_stadtlabor.consent.models import Mode
from flask_stadtlabor.consent.texts.published import PurposeTexts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.form_fields import (
    LONGEST_NAME,
    AddressField,
    PlainText,
    Required,
    stripped,
)
from flask_stadtlabor.forms import Form
from flask_stadtlabor.i18n import _sl, language, lazy
from flask_stadtlabor.ports import Actor
from flask_stadtlabor.registration.forms.consent_question import consent_field, consent_name
from flask_stadtlabor.registration.forms.party import PartyForm, ask_party, ask_questions
from flask_stadtlabor.registration.forms.protection import ConsentingForm, SafeguardedForm
from flask_stadtlabor.registration.requests import SignupRequest
from flask_stadtlabor.revision import Revision, kept_at
from flask_stadtlabor.state import settings


class PersonForm(PartyForm, ConsentingForm):
    """Who takes part, whoever fills it in; :func:`event_form` adds the event's own fields."""

    given_name = StringField(
        lazy("First name"),
        filters=[stripped],
        validators=[Required(lazy("Enter your first name.")), PlainText(LONGEST_NAME)],
        render_kw={"autocomplete": "given-name"},
    )
    family_name = StringField(
        lazy("Last name"),
        filters=[stripped],
        validators=[PlainText(LONGEST_NAME)],
        render_kw={"autocomplete": "family-name"},
    )
    email = AddressField(lazy("E-mail address"))

    def privacy_notice(self) -> PurposeTexts | None:
        """The privacy notice of the event, where it has one of its own."""
        return next((purpose for purpose in self.purposes if purpose.mode == Mode.PRIVACY), None)

    def application(self, **details: Any) -> SignupRequest:
        """What was filled in; ``details`` are what the form does not know."""
        is_under_age = bool(self["under_16"].data) if self.event.ask_age else None
        return SignupRequest(
            given_name=str(self.given_name.data),
            family_name=str(self.family_name.data),
            email=self.email.data or None,
            party_size=int(self.party_size.data or 1),
            companions=self.companions(),
            answers=self.answers(),
            support_needs=self.support(),
            is_under_age=is_under_age,
            guardian_name=self["guardian_name"].data if is_under_age else None,
            choices=self.choices(),
            privacy_shown=self._privacy_shown(),
            **details,
        )

    def _privacy_shown(self) -> str | None:
        notice = self.privacy_notice()
        if notice is None:
            return settings().privacy_url
        return f"{notice.slug}/{notice.version}/{notice.shown().language}"


class RegistrationForm(PersonForm, SafeguardedForm):
    """What people fill in themselves."""

    email = AddressField(
        lazy("E-mail address"),
        validators=[Required(lazy("Enter your e-mail address."))],
        render_kw={"autocomplete": "email"},
    )


def details_of(actor: Actor) -> dict[str, str]:
    """What the host knows of somebody that the form asks, by the names of its fields."""
    known = {
        "given_name": actor.given_name,
        "family_name": actor.family_name,
        "email": actor.email,
    }
    return {name: value for name, value in known.items() if value}


AnyPersonForm = TypeVar("AnyPersonForm", bound=PersonForm)


def registration_form(
    event: Event, purposes: Sequence[PurposeTexts], revision: Revision, **options: Any
) -> RegistrationForm:
    """The form of ``event``, filled with what was posted; ``options`` are those of a form.

    ``event`` and ``purposes`` are those of ``revision``, at which the form's class is made once.
    """
    form_class = kept_at(
        revision,
        *("registration-form", event.id, language()),
        make=lambda: _event_class(RegistrationForm, event, purposes),
    )
    return _filled(form_class, event, purposes, options)


def event_form(
    base: type[AnyPersonForm], event: Event, purposes: Sequence[PurposeTexts], **options: Any
) -> AnyPersonForm:
    """A form with all that ``event`` asks, filled with what was posted."""
    return _filled(_event_class(base, event, purposes), event, purposes, options)


def _event_class(
    base: type[AnyPersonForm], event: Event, purposes: Sequence[PurposeTexts]
) -> type[AnyPersonForm]:
    """The fields that ``event`` asks for, in the current language."""
    form_class: type[AnyPersonForm] = type("EventForm", (base,), {})
    ask_party(form_class, event, event.largest_party)
    if event.ask_age:
        _ask_age(form_class)
    ask_questions(form_class, event)
    for purpose in purposes:
        if purpose.mode == Mode.CONSENT:
            setattr(form_class, consent_name(purpose.slug), consent_field(purpose))
    return form_class


def _filled(
    form_class: type[AnyPersonForm],
    event: Event,
    purposes: Sequence[PurposeTexts],
    options: Mapping[str, Any],
) -> AnyPersonForm:
    form = form_class(**options)
    form.event = event
    form.purposes = purposes
    form.mark()
    return form


def _ask_age(form: type[PersonForm]) -> None:
    def guardian_is_named(form: Form, field: Field) -> None:
        if form["under_16"].data and not field.data:
            raise ValidationError(_sl("Enter the name of a parent or guardian."))

    form.under_16 = BooleanField(_sl("I am younger than %(age)d", age=settings().guardian_age))
    form.guardian_name = StringField(
        lazy("Name of a parent or guardian"),
        filters=[stripped],
        validators=[guardian_is_named, PlainText(LONGEST_NAME)],
        # somebody else's name, which a browser would fill in with the person's own
        render_kw={"autocomplete": "off"},
    )

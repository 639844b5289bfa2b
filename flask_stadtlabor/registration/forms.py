"""The registration form of one event."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    StringField,
    ValidationError,
)

from flask_stadtlabor.consent.models import Act, Mode
from flask_stadtlabor.consent.queries import PurposeTexts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.forms import Button, Form
from flask_stadtlabor.i18n import _sl, lazy, words
from flask_stadtlabor.registration.fields import (
    LONGEST_NAME,
    OneOf,
    PlainText,
    Required,
    stripped,
)
from flask_stadtlabor.registration.mail_address import normal_address
from flask_stadtlabor.registration.operations import Choice
from flask_stadtlabor.registration.party_form import PartyForm, ask_party, ask_questions
from flask_stadtlabor.registration.safeguards import ConsentingForm, consent_name
from flask_stadtlabor.state import settings


class RegistrationForm(PartyForm, ConsentingForm):
    """The fields that every event asks for; :func:`registration_form` adds the event's own."""

    given_name = StringField(
        lazy("First name"),
        filters=[stripped],
        validators=[Required(lazy("Please write your first name.")), PlainText(LONGEST_NAME)],
        render_kw={"autocomplete": "given-name"},
    )
    family_name = StringField(
        lazy("Last name"),
        filters=[stripped],
        validators=[Required(lazy("Please write your last name.")), PlainText(LONGEST_NAME)],
        render_kw={"autocomplete": "family-name"},
    )
    email = EmailField(
        lazy("E-mail address"),
        filters=[stripped],
        validators=[Required(lazy("Please write your e-mail address."))],
        render_kw={"autocomplete": "email"},
    )

    def validate_email(self, field: Field) -> None:
        """Normalises the address; raises ``ValidationError`` for one that cannot be right."""
        if field.data:
            field.data = normal_address(field.data)

    def choices(self) -> tuple[Choice, ...]:
        """The answers to the consent questions, with the texts that were shown."""
        return tuple(
            Choice(purpose.slug, purpose.shown(), Act(field.data) if field.data else None)
            for purpose, field in self.consent_fields()
        )


class RegistrationButton(Button):
    """A button of a registration's own page."""

    about = HiddenField()
    """Which registration the page showed."""


def registration_form(event: Event, purposes: Sequence[PurposeTexts]) -> RegistrationForm:
    """The form of ``event``, filled with what was posted."""

    class EventForm(RegistrationForm):
        """This event's form."""

    ask_party(EventForm, event, event.max_party_size)
    if event.ask_age:
        _ask_age(EventForm)
    ask_questions(EventForm, event)
    for purpose in purposes:
        if purpose.mode == Mode.CONSENT:
            setattr(EventForm, consent_name(purpose.slug), consent_field(purpose))
    form = EventForm()
    form.event = event
    form.purposes = purposes
    form.mark()
    return form


def _ask_age(form: type[RegistrationForm]) -> None:
    def guardian_is_named(form: Form, field: Field) -> None:
        if form["under_16"].data and not field.data:
            raise ValidationError(_sl("Please write the name of a parent or guardian."))

    form.under_16 = BooleanField(_sl("I am younger than %(age)d", age=settings().guardian_age))
    form.guardian_name = StringField(
        lazy("Name of a parent or guardian"),
        filters=[stripped],
        validators=[guardian_is_named, PlainText(LONGEST_NAME)],
    )


def consent_field(purpose: PurposeTexts) -> Field:
    """The question for consent to a purpose: two equal answers, none of them marked (C2)."""
    return OneOf(
        words(purpose.title),
        choices=[
            (Act.GIVEN.value, lazy("Yes, gladly")),
            (Act.REFUSED.value, lazy("No, please don’t")),
        ],
    )

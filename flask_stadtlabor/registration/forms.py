"""The registration form of one event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import category

from email_validator import EmailNotValidError, validate_email
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    widgets,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are of 3.2
from wtforms.form import BaseForm

from flask_stadtlabor.consent.models import Act, Mode
from flask_stadtlabor.consent.queries import PurposeTexts
from flask_stadtlabor.events.content import Question
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.forms import Button, Form
from flask_stadtlabor.i18n import _sl, _sln, lazy, marked, words
from flask_stadtlabor.registration.operations import Choice
from flask_stadtlabor.registration.safeguards import SafeguardedForm, consent_name
from flask_stadtlabor.state import settings

LONGEST_NAME = 200
LONGEST_TEXT = {"text": 500, "long": 5000}

JOINERS = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Signs without a picture that names, emoji and what was pasted rightly hold."""


def stripped(value: str | None) -> str:
    """The text without white space around it; one that shows nothing is empty."""
    text = (value or "").strip()
    return text if text.strip(JOINERS + " ") else ""


class Required:
    """Refuses an empty answer with a sentence of its own."""

    field_flags = {"required_in_words": True}  # noqa: RUF012 - WTForms reads this name

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Raises ``ValidationError`` when nothing was answered."""
        if not field.data:
            raise ValidationError(str(self.message))


class PlainText:
    """Refuses a text that is too long or has control characters in it."""

    def __init__(self, longest: int, *, several_lines: bool = False) -> None:
        self.longest = longest
        self.allowed = "\r\n\t" if several_lines else ""

    def __call__(self, form: Form, field: Field) -> None:
        """Raises ``ValidationError`` that says what to change."""
        text = field.data or ""
        if len(text) > self.longest:
            raise ValidationError(
                _sln(
                    "Please write at most %(num)d character.",
                    "Please write at most %(num)d characters.",
                    self.longest,
                )
            )
        if any(self._cannot_be_shown(sign) for sign in text):
            raise ValidationError(_sl("Please remove characters that cannot be shown."))

    def _cannot_be_shown(self, sign: str) -> bool:
        """Control and bidirectional override characters; joiners and other blanks do no harm."""
        return (
            not sign.isprintable()
            and sign not in self.allowed
            and sign not in JOINERS
            and category(sign) != "Zs"
        )


def _offered(choices: Sequence[tuple[str, Any]]) -> list[Any]:
    return [SelectChoice(value, label) for value, label in choices]


class OneOf(RadioField):
    """Radio buttons with none marked; an answer that was not offered is refused in our words."""

    def __init__(
        self,
        label: str,
        *,
        choices: Sequence[tuple[str, Any]],
        validators: list[Any] | None = None,
        **bound: Any,
    ) -> None:
        # what WTForms adds when it binds the field to a form: its name, the form, translations
        super().__init__(label, validators, choices=_offered(choices), **bound)

    def pre_validate(self, form: BaseForm) -> None:
        """Raises ``ValidationError`` for an answer that was not offered."""
        if self.data is not None and self.data not in {value for value, *_ in self.iter_choices()}:
            raise ValidationError(_sl("Please choose one of the answers."))


class SomeOf(SelectMultipleField):
    """Checkboxes; answers that were not offered are refused in our words."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def __init__(
        self,
        label: str,
        *,
        choices: Sequence[tuple[str, Any]],
        validators: list[Any] | None = None,
        **bound: Any,
    ) -> None:
        # what WTForms adds when it binds the field to a form: its name, the form, translations
        super().__init__(label, validators, choices=_offered(choices), **bound)

    def pre_validate(self, form: BaseForm) -> None:
        """Raises ``ValidationError`` for an answer that was not offered."""
        if not set(self.data or ()) <= {value for value, *_ in self.iter_choices()}:
            raise ValidationError(_sl("Please choose from the answers."))


class PartySizeField(IntegerField):
    """How many people come; absent means one."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads a whole number; raises ``ValueError`` with a sentence."""
        if not valuelist:
            self.data = 1
            return
        try:
            self.data = int(valuelist[0])
        except ValueError as error:
            self.data = None
            raise ValueError(_sl("Please write the number of people as a number.")) from error


class RegistrationForm(SafeguardedForm):
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
    party_size = PartySizeField(
        lazy("How many of you are coming?"),
        default=1,
        render_kw={"min": 1, "inputmode": "numeric"},
    )
    event: Event
    form_problems: list[str]

    def validate_email(self, field: Field) -> None:
        """Normalises the address; raises ``ValidationError`` for one that cannot be right."""
        if not field.data:
            return
        try:
            # "test" is reserved for trying out (RFC 2606), which portals do
            checked = validate_email(
                field.data,
                check_deliverability=False,
                test_environment=True,
                allow_smtputf8=False,
            )
        except EmailNotValidError as error:
            raise ValidationError(
                _sl("Please check the e-mail address. It should look like name@example.org.")
            ) from error
        field.data = checked.ascii_email

    def validate_party_size(self, field: Field) -> None:
        """Raises ``ValidationError`` for less than one or more than the event allows."""
        if field.data is None:
            return
        if not 1 <= field.data <= self.event.max_party_size:
            raise ValidationError(
                _sln(
                    "You can register one person.",
                    "You can register from 1 to %(num)d people.",
                    self.event.max_party_size,
                )
            )

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well with the fields, the texts shown and the safeguards.

        A failed safeguard never loses what was typed: :attr:`form_problems` says what to do (S4).
        """
        fields_are_valid = super().validate(extra_validators)
        self.form_problems = [*self.session_errors(), *self.safeguard_problems()]
        return fields_are_valid and not self.form_problems

    def question_fields(self) -> Iterator[tuple[Question, Field]]:
        """Each question of the event, with its field."""
        for question in self.event.questions:
            yield question, self[question_name(question.slug)]

    def answers(self) -> dict[str, Any]:
        """The answers to the event's questions, without the unanswered ones."""
        given = ((question.slug, field.data) for question, field in self.question_fields())
        return {slug: data for slug, data in given if data}

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

    if event.ask_age:
        _ask_age(EventForm)
    for question in event.questions:
        setattr(EventForm, question_name(question.slug), _question_field(question))
    for purpose in purposes:
        if purpose.mode == Mode.CONSENT:
            setattr(EventForm, consent_name(purpose.slug), consent_field(purpose))
    form = EventForm()
    form.event = event
    form.purposes = purposes
    form.form_problems = []
    form.mark()
    return form


def question_name(slug: str) -> str:
    """The name of a question's field."""
    return f"question-{slug}"


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


def _question_field(question: Question) -> Field:
    label = marked(question.label)
    validators: list[Any] = []
    if question.required:
        validators.append(Required(lazy("Please answer this question.")))
    if question.kind in LONGEST_TEXT:
        kind = StringField if question.kind == "text" else TextAreaField
        longest = LONGEST_TEXT[question.kind]
        validators.append(PlainText(longest, several_lines=question.kind == "long"))
        return kind(label, filters=[stripped], validators=validators)
    if question.kind == "yes-no":
        return OneOf(
            label, choices=[("yes", lazy("Yes")), ("no", lazy("No"))], validators=validators
        )
    options = [(option.value, marked(option.label)) for option in question.options]
    if question.kind == "choice":
        return OneOf(label, choices=options, validators=validators)
    return SomeOf(label, choices=options, validators=validators)


def consent_field(purpose: PurposeTexts) -> Field:
    """Two equal answers, and neither is marked (C2)."""
    return OneOf(
        words(purpose.title),
        choices=[
            (Act.GIVEN.value, lazy("Yes, gladly")),
            (Act.REFUSED.value, lazy("No, please don’t")),
        ],
    )

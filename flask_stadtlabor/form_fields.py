"""Fields of our forms, and what they refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import category

from email_validator import EmailNotValidError, validate_email
from wtforms import (
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    ValidationError,
    widgets,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are of 3.2
from wtforms.form import BaseForm

from flask_stadtlabor.forms import Form
from flask_stadtlabor.i18n import _sl, _sln

LONGEST_NAME = 200
LONGEST_ADDRESS = 320
"""Characters of a mail address; a longer one is not looked at, which would take seconds."""
LONGEST_LINE = 500
LONGEST_TEXT = 5000

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
                    "Enter at most %(num)d character.",
                    "Enter at most %(num)d characters.",
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


class _Offering(SelectField):
    """A field that takes the answers it offers as pairs of a value and its label."""

    def __init__(
        self,
        label: str,
        *,
        choices: Sequence[tuple[str, Any]],
        validators: list[Any] | None = None,
        **bound: Any,
    ) -> None:
        offered = [SelectChoice(value, label) for value, label in choices]
        # what WTForms adds when it binds the field to a form: its name, the form, translations
        super().__init__(label, validators, choices=offered, **bound)

    def offers(self) -> set[str]:
        """The values of the answers."""
        return {value for value, *_ in self.iter_choices()}


class OneOf(_Offering, RadioField):
    """Radio buttons with none marked; an answer that was not offered is refused in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the one answer; several that differ are none at all (S15)."""
        if len(set(valuelist)) > 1:
            self.data = None
            raise ValueError(_sl("Please choose one of the answers."))
        super().process_formdata(valuelist)

    def pre_validate(self, form: BaseForm) -> None:
        """Raises ``ValidationError`` for an answer that was not offered."""
        if self.data is not None and self.data not in self.offers():
            raise ValidationError(_sl("Please choose one of the answers."))


class SomeOf(_Offering, SelectMultipleField):
    """Checkboxes; answers that were not offered are refused in our words."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads each answer once, however often it was sent: what is kept has a bound."""
        super().process_formdata(list(dict.fromkeys(valuelist)))

    def pre_validate(self, form: BaseForm) -> None:
        """Raises ``ValidationError`` for an answer that was not offered."""
        if not set(self.data or ()) <= self.offers():
            raise ValidationError(_sl("Please choose from the answers."))


class MarkField(HiddenField):
    """What a page remembers of how things were; only the page that was sent can say so."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the mark; a form without one has none, and not that of how things are now."""
        self.data = valuelist[0] if valuelist else None


class PartySizeField(IntegerField):
    """How many people come; absent means as many as before."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads a whole number; raises ``ValueError`` with a sentence."""
        if not valuelist:
            return
        try:
            self.data = int(valuelist[0])
        except ValueError as error:
            self.data = None
            raise ValueError(_sl("Enter the number of people as a number.")) from error


def mail_address(form: Form, field: Field) -> None:
    """Normalises the address that was typed, if any; raises as :func:`normal_address` does."""
    if field.data:
        field.data = normal_address(field.data)


def normal_address(text: str) -> str:
    """The address in ASCII; raises ``ValidationError`` for one that cannot be right."""
    try:
        if len(text) > LONGEST_ADDRESS:
            raise EmailNotValidError
        # "test" is reserved for trying out (RFC 2606), which portals do
        checked = validate_email(
            text, check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise ValidationError(
            _sl("Please check the e-mail address. It should look like name@example.org.")
        ) from error
    return str(checked.ascii_email)

"""Fields of our forms, and what they refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import category

from markupsafe import Markup
from wtforms import (
    EmailField,
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

from flask_stadtlabor.addresses import NoAddress, bare_address, shown_address, stored_address
from flask_stadtlabor.forms import Form
from flask_stadtlabor.i18n import _sl, _sln
from flask_stadtlabor.text import trimmed

LONGEST_NAME = 200
LONGEST_LINE = 500
LONGEST_TEXT = 5000

JOINERS = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Invisible characters that are legitimate in names, emoji and pasted text."""
ISOLATES = "\u2066\u2067\u2068\u2069"
"""Signs by which a name keeps its direction within a text of another (UAX #9)."""


def stripped(value: str | None) -> str:
    """The text without blanks and invisible signs around it; one that shows nothing is empty."""
    text = trimmed(value or "")
    return text if text.strip(JOINERS + " ") else ""


def label_of(field: Field) -> str:
    """What a field is called, in plain words.

    A message that could stand at several fields of a form begins with it, so that no two lines of
    the summary are the same (WCAG 2.4.4, 3.3.1).
    """
    text = field.label.text
    return text.striptags() if isinstance(text, Markup) else str(text)


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
                    "“%(field)s”: please enter at most %(num)d character.",
                    "“%(field)s”: please enter at most %(num)d characters.",
                    self.longest,
                    field=label_of(field),
                )
            )
        if any(self._cannot_be_shown(sign) for sign in text):
            raise ValidationError(
                _sl(
                    "“%(field)s”: please remove characters that cannot be shown.",
                    field=label_of(field),
                )
            )

    def _cannot_be_shown(self, sign: str) -> bool:
        """Control and bidirectional override characters; joiners and other blanks do no harm.

        An unassigned character may be an emoji that is newer than Python's Unicode tables.
        """
        if sign.isprintable() or sign in self.allowed or sign in JOINERS or sign in ISOLATES:
            return False
        return category(sign) not in ("Zs", "Cn") or _is_noncharacter(sign)


def _is_noncharacter(sign: str) -> bool:
    """Whether Unicode will never assign it (chapter 23.7)."""
    return ord(sign) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(sign) <= 0xFDEF


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
        # arguments that WTForms adds when it binds the field: name, form, translations
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
            raise ValueError(choose_one(self))
        super().process_formdata(valuelist)

    def pre_validate(self, form: BaseForm) -> None:
        """Raises ``ValidationError`` for an answer that was not offered."""
        if self.data is not None and self.data not in self.offers():
            raise ValidationError(choose_one(self))


class Choice(_Offering):
    """A list of answers of which one is chosen; an empty value stands for none."""

    def pre_validate(self, form: BaseForm) -> None:
        """Raises ``ValidationError`` for an answer that was not offered."""
        if self.data and self.data not in self.offers():
            raise ValidationError(choose_one(self))


def choose_one(field: Field) -> str:
    """What to tell somebody who has chosen none of a field's answers; names the field."""
    return _sl("“%(field)s”: please choose one of the answers.", field=label_of(field))


class OneOfList(_Offering):
    """A list that opens, for more answers than fit on a page; the first entry is for none."""

    def pre_validate(self, form: BaseForm) -> None:
        """Raises ``ValidationError`` for an answer that was not offered."""
        if self.data and self.data not in self.offers():
            raise ValidationError(choose_one(self))


class SomeOf(_Offering, SelectMultipleField):
    """Checkboxes; answers that were not offered are refused in our words."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads each answer once even if it was sent repeatedly, so that the stored value is
        bounded."""
        super().process_formdata(list(dict.fromkeys(valuelist)))

    def pre_validate(self, form: BaseForm) -> None:
        """Raises ``ValidationError`` for an answer that was not offered."""
        if not set(self.data or ()) <= self.offers():
            raise ValidationError(
                _sl("“%(field)s”: please choose from the answers.", field=label_of(self))
            )


class MarkField(HiddenField):
    """A hidden mark of the state that a page showed; its value comes only from the submitted
    form."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the submitted mark; without one the value is empty, never the current mark."""
        self.data = valuelist[0] if valuelist else None

    def is_of(self, mark: str) -> bool:
        """Whether the page showed the state of this ``mark``, or none yet."""
        return self.data in (None, "", mark)


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


class AddressField(EmailField):
    """A mail address; its value is the form in which it is stored, and it is shown as typed."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **options: Any) -> None:
        checks = [*validators, _check_address]
        super().__init__(label, filters=[_bare], validators=checks, **options)

    def _value(self) -> str:
        return shown_address(self.data or "")


def _bare(value: str | None) -> str:
    return bare_address(value or "")


def _check_address(form: Form, field: Field) -> None:
    """Makes what was typed, if anything was, an address to be stored."""
    if not field.data:
        return
    try:
        field.data = stored_address(field.data)
    except NoAddress as error:
        raise ValidationError(
            _sl("Please check the e-mail address. It should look like name@example.org.")
        ) from error

"""The form in which an editor writes a consent text in all languages of the site, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from wtforms import (
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    StringField,
    TextAreaField,
    ValidationError,
)

from flask_stadtlabor.consent.models import Controller, Mode
from flask_stadtlabor.consent.texts.content import TextContent
from flask_stadtlabor.consent.texts.drafts import find_purpose
from flask_stadtlabor.db import SLUG_LENGTH, LocalizedText
from flask_stadtlabor.form_fields import MarkField, OneOf, PlainText, Required, stripped
from flask_stadtlabor.forms import Button, Form
from flask_stadtlabor.i18n import _sl, direction, language_name, language_tag, lazy
from flask_stadtlabor.state import settings
from flask_stadtlabor.text import printable

LONGEST_LINE = 200
LONGEST_BODY = 50_000
LONGEST_DAYS = 36_500
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MATERIAL, EDITORIAL = "material", "editorial"
CONTROLLER = ("name", "address", "data_protection_officer", "authority")
"""What a controller says in each language."""


class DaysField(IntegerField):
    """A number of days, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads a whole number; raises ``ValueError`` with a sentence."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        if not typed.isdecimal() or not 1 <= int(typed) <= LONGEST_DAYS:
            raise ValueError(_sl("Enter a number of days, or leave the field empty."))
        self.data = int(typed)


class DraftButton(Button):
    """Acts on the draft that its page showed, and on no other."""

    seen = HiddenField()


class Column(NamedTuple):
    """The fields of one language."""

    code: str
    name: str
    title: Field
    text: Field
    controller: list[Field]


def _needed_for_a_version(form: TextForm, field: Field) -> None:
    if not field.data and form.content().normal().additions_to(form.published) is None:
        raise ValidationError(_sl("Please choose what kind of change this is."))


class TextForm(Form):
    """The fields that are the same in all languages; :func:`text_form` adds the others."""

    mode = OneOf(
        lazy("What does this text ask of people?"),
        choices=[
            (Mode.CONSENT.value, lazy("It asks for consent: yes or no, both are fine")),
            (Mode.NOTICE.value, lazy("It only tells what happens")),
            (
                Mode.PRIVACY.value,
                lazy("It is the privacy notice, which is linked and never agreed to"),
            ),
        ],
        validators=[Required(lazy("Please choose what this text asks of people."))],
    )
    valid_days = DaysField(
        lazy("After how many days does a yes run out?"), render_kw={"inputmode": "numeric"}
    )
    change = OneOf(
        lazy("What kind of change is this?"),
        choices=[
            (
                MATERIAL,
                lazy(
                    "Of substance: people who said yes are asked again, and until then it is a no"
                ),
            ),
            (EDITORIAL, lazy("Editorial: it says the same in better words, and every yes stays")),
        ],
        validators=[_needed_for_a_version],
    )
    controller_email = EmailField(
        lazy("E-mail"), filters=[stripped], validators=[PlainText(LONGEST_LINE)]
    )
    controller_phone = StringField(
        lazy("Phone"), filters=[stripped], validators=[PlainText(LONGEST_LINE)]
    )
    seen = MarkField()
    """The draft that the editor began with."""

    begun_with: TextContent
    published: TextContent
    """The text in force, of a purpose that has one."""

    def columns(self) -> Iterator[Column]:
        """The fields of each language of the site."""
        for code in settings().locales:
            controller = [self[f"{name}-{code}"] for name in CONTROLLER]
            yield Column(
                code, language_name(code), self[f"title-{code}"], self[f"text-{code}"], controller
            )

    def content(self) -> TextContent:
        """What was written; what the form does not show stays as it was."""
        before = self.begun_with
        controller = before.controller or Controller()
        localized = {name: self._texts(name, getattr(controller, name)) for name in CONTROLLER}
        written = controller.model_copy(
            update={
                **localized,
                "email": self.controller_email.data,
                "phone": self.controller_phone.data,
            }
        )
        return replace(
            before,
            mode=str(self.mode.data),
            title=self._texts("title", before.title),
            text=self._texts("text", before.text),
            controller=None if written == Controller() else written,
            valid_days=self.valid_days.data,
        )

    @property
    def is_editorial(self) -> bool:
        """Whether the text says the same as before."""
        return self.change is not None and bool(self.change.data == EDITORIAL)

    def _texts(self, name: str, before: LocalizedText) -> LocalizedText:
        """The texts of all languages; one text for all stays one as long as it is the same."""
        typed = {code: self._typed(name, code, before) for code in settings().locales}
        if LocalizedText.ANY in before and len(set(typed.values())) == 1:
            return LocalizedText(typed.popitem()[1])
        others = {code: text for code, text in before.items() if code != LocalizedText.ANY}
        return LocalizedText({**others, **typed})

    def _typed(self, name: str, code: str, before: LocalizedText) -> str:
        """What was typed; blank lines around a text, which the form does not keep, are kept."""
        typed = printable(self[f"{name}-{code}"].data or "")
        known = before.get(code, before.get(LocalizedText.ANY, ""))
        return known if typed.strip() == known.strip() else typed


def text_form(
    content: TextContent,
    *,
    seen: str,
    change: str | None,
    is_new: bool,
    published: TextContent | None,
) -> TextForm:
    """The form, filled with what was sent or else with ``content``.

    A new purpose is given its short name here; one without a version cannot be changed in
    substance.
    """

    class ThisForm(TextForm):
        """With the languages of the site."""

    if is_new:
        ThisForm.slug = _slug_field()
    if published is None:
        ThisForm.change = None  # type: ignore[assignment]  # how WTForms leaves a field out
    for code in settings().locales:
        for name, field in _fields(code).items():
            setattr(ThisForm, f"{name}-{code}", field)
    form = ThisForm(data=_data(content, seen, change))
    form.begun_with = content
    if published is not None:
        form.published = published
    return form


def _fields(code: str) -> dict[str, Field]:
    """The fields of one language, by the names of what they hold."""
    shown = {"lang": language_tag(code), "dir": direction(code)}

    def line(label: str) -> Field:
        validators = [PlainText(LONGEST_LINE)]
        return StringField(label, filters=[stripped], validators=validators, render_kw=shown)

    return {
        "title": line(lazy("Title")),
        "text": TextAreaField(
            lazy("Text"),
            filters=[stripped],
            validators=[PlainText(LONGEST_BODY, several_lines=True)],
            render_kw={**shown, "rows": 16},
        ),
        "name": line(lazy("Controller")),
        "address": line(lazy("Address")),
        "data_protection_officer": line(lazy("Data protection officer")),
        "authority": line(lazy("Supervisory authority")),
    }


def _data(content: TextContent, seen: str, change: str | None) -> dict[str, Any]:
    controller = content.controller or Controller()
    localized = {"title": content.title, "text": content.text}
    localized |= {name: getattr(controller, name) for name in CONTROLLER}
    return {
        "mode": content.mode,
        "valid_days": content.valid_days,
        "change": change,
        "controller_email": controller.email,
        "controller_phone": controller.phone,
        "seen": seen,
        **{
            f"{name}-{code}": text.get(code, text.get(LocalizedText.ANY, ""))
            for name, text in localized.items()
            for code in settings().locales
        },
    }


def _slug_field() -> Field:
    return StringField(
        lazy("Short name for addresses"),
        filters=[stripped],
        validators=[Required(lazy("Enter a short name.")), _slug_is_free],
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )


def _slug_is_free(form: Form, field: Field) -> None:
    if not field.data:
        return  # which another sentence says
    if not SLUG.fullmatch(field.data) or len(field.data) > SLUG_LENGTH:
        raise ValidationError(
            _sl("Please use small letters, digits and hyphens only, such as photos-website.")
        )
    if find_purpose(field.data) is not None:
        raise ValidationError(_sl("There is a text with this name already."))

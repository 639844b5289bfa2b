"""The form of a message to a group: a subject and a text in each language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import StringField, TextAreaField, ValidationError

from flask_stadtlabor.form_fields import MarkField, PlainText, Required, stripped
from flask_stadtlabor.forms import Form
from flask_stadtlabor.i18n import _sl, named_language
from flask_stadtlabor.registration.mails.details import OwnWords

LONGEST_SUBJECT = 150
LONGEST_MESSAGE = 10_000


class GroupMessageForm(Form):
    """Carries how many people its page showed; fields as :func:`message_form` adds them."""

    people = MarkField()
    seen = MarkField()
    """Stands for the group and the words that the page showed as mails."""

    @property
    def shown(self) -> int:
        """How many registrations the page said it goes to; 0 where it said nothing."""
        text = self.people.data or ""
        return int(text) if text.isdecimal() and len(text) < 9 else 0

    def texts(self) -> dict[str, OwnWords]:
        """What was written, by language; languages in which nothing was are left out."""
        found = {}
        for field in self:
            name, _, language = field.name.partition(".")
            if name == "subject" and language and field.data:
                found[language] = OwnWords(field.data, self[f"text.{language}"].data or "")
        return found


def message_form(
    languages: Iterable[str], needed: Iterable[str], **values: Any
) -> GroupMessageForm:
    """The form in these languages; those ``needed`` have to be filled in, others as a whole."""
    needed = set(needed)
    fields: dict[str, Any] = {}
    for code in languages:
        name = named_language(code)
        required = code in needed
        fields[f"subject.{code}"] = StringField(
            _sl("Subject (%(language)s)", language=name),
            filters=[stripped],
            validators=[
                *_needed(required, _sl("Write a subject (%(language)s).", language=name)),
                PlainText(LONGEST_SUBJECT),
                _Together(f"text.{code}", _sl("Write a subject (%(language)s).", language=name)),
            ],
            render_kw={"maxlength": LONGEST_SUBJECT, "autocomplete": "off", "lang": code},
        )
        fields[f"text.{code}"] = TextAreaField(
            _sl("Text (%(language)s)", language=name),
            filters=[stripped],
            validators=[
                *_needed(required, _sl("Write a text (%(language)s).", language=name)),
                PlainText(LONGEST_MESSAGE, several_lines=True),
                _Together(f"subject.{code}", _sl("Write a text (%(language)s).", language=name)),
            ],
            render_kw={"rows": 10, "autocomplete": "off", "lang": code},
        )
    form: GroupMessageForm = type("MessageInLanguages", (GroupMessageForm,), fields)(**values)
    return form


def _needed(required: bool, sentence: str) -> list[Any]:
    return [Required(sentence)] if required else []


class _Together:
    """Refuses an empty field whose partner is filled in."""

    def __init__(self, partner: str, sentence: str) -> None:
        self.partner = partner
        self.sentence = sentence

    def __call__(self, form: Form, field: Any) -> None:
        """Raises ``ValidationError`` with the sentence."""
        if form[self.partner].data and not field.data and not field.errors:
            raise ValidationError(self.sentence)

"""The form of an official answer to an idea."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import Optional

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.form_fields import (
    LONGEST_TEXT,
    MarkField,
    OneOf,
    PlainText,
    Required,
    stripped,
)
from flask_stadtlabor.forms import Form
from flask_stadtlabor.i18n import _sl, lazy, named_language
from flask_stadtlabor.participation.answers.operations import AnswerText
from flask_stadtlabor.participation.ideas.models import LONGEST_DEPARTMENT, IdeaAnswer, Verdict
from flask_stadtlabor.participation.ideas.pages import VERDICT_NAMES
from flask_stadtlabor.state import settings

LONGEST_STEP = 300
TEXTS = ("reasons", "next_step")


class AnswerForm(Form):
    """Fields for each language as :func:`answer_form` adds them."""

    seen = MarkField()
    """What was answered by the time at which the form was shown."""
    looked = MarkField()
    """Stands for the words that the page showed as everybody will read them."""
    verdict = OneOf(
        lazy("What does the city say?"),
        choices=[(verdict.value, name) for verdict, name in VERDICT_NAMES.items()],
        validators=[Required(lazy("Choose what the city says."))],
    )
    department = StringField(
        lazy("Who answers"),
        filters=[stripped],
        validators=[
            Required(lazy("Say which department answers.")),
            PlainText(LONGEST_DEPARTMENT),
        ],
        render_kw={"maxlength": LONGEST_DEPARTMENT, "autocomplete": "organization"},
    )
    next_step_on = DateField(
        lazy("By which day"), validators=[Optional()], render_kw={"autocomplete": "off"}
    )

    @property
    def stand(self) -> int:
        """What the form showed as answered; -1 where it does not say, which fits nothing."""
        text = self.seen.data or ""
        return int(text) if text.isdecimal() and len(text) < 9 else -1

    def said(self, verdict: Verdict | None = None) -> AnswerText:
        """What a valid form says; of a correction the ``verdict`` stands already."""
        return AnswerText(
            verdict=verdict or Verdict(self.verdict.data),
            reasons=self._text("reasons"),
            next_step=self._text("next_step"),
            next_step_on=self.next_step_on.data,
            department=str(self.department.data),
        )

    def _text(self, name: str) -> LocalizedText:
        codes = settings().locales
        return LocalizedText({code: self[f"{name}.{code}"].data or "" for code in codes})


def answer_form(languages: Iterable[str], answer: IdeaAnswer | None = None) -> AnswerForm:
    """The form in these languages, the first of which is needed; with what ``answer`` says."""
    fields: dict[str, Any] = {}
    for at, code in enumerate(languages):
        name = named_language(code)
        needed = [] if at else [Required(_sl("Give reasons (%(language)s).", language=name))]
        fields[f"reasons.{code}"] = TextAreaField(
            _sl("Reasons (%(language)s)", language=name),
            filters=[stripped],
            validators=[*needed, PlainText(LONGEST_TEXT, several_lines=True)],
            render_kw={"rows": 8, "autocomplete": "off", "lang": code, "maxlength": LONGEST_TEXT},
        )
        fields[f"next_step.{code}"] = StringField(
            _sl("What happens next (%(language)s)", language=name),
            filters=[stripped],
            validators=[PlainText(LONGEST_STEP)],
            render_kw={"autocomplete": "off", "lang": code, "maxlength": LONGEST_STEP},
        )
    values: dict[str, Any] = {}
    if answer is not None:
        values = {"department": answer.department, "next_step_on": answer.next_step_on}
        for name in TEXTS:
            texts: LocalizedText = getattr(answer, name)
            values |= {f"{name}.{code}": texts.get(code, "") for code in languages}
    form: AnswerForm = type("AnswerInLanguages", (AnswerForm,), fields)(data=values)
    if answer is not None:
        del form.verdict
    return form

"""The form in which somebody chooses between what was sent first and a later form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wtforms import Field, HiddenField

from flask_stadtlabor.consent.models import ConsentAction
from flask_stadtlabor.consent.texts.published import PurposeTexts, current_texts
from flask_stadtlabor.form_fields import OneOf, choose_one
from flask_stadtlabor.i18n import _sl, language_name, lazy, words
from flask_stadtlabor.registration.forms.button import mark_of
from flask_stadtlabor.registration.forms.consent_question import consent_field, consent_name
from flask_stadtlabor.registration.forms.in_words import (
    answer_in_words,
    party_in_words,
    text_in_words,
)
from flask_stadtlabor.registration.forms.protection import ConsentingForm
from flask_stadtlabor.registration.later_forms import (
    PARTS,
    QUESTION,
    Differences,
    differences,
    is_to_be_chosen,
    mark_of_form,
    waiting_for,
)
from flask_stadtlabor.registration.models import LaterForm, Registration, full_name
from flask_stadtlabor.registration.requests import ConsentChoice, Decision
from flask_stadtlabor.state import settings

FIRST, LATER = "first", "later"


class DecisionForm(ConsentingForm):
    """One question for each difference, with two equal answers of which none is marked."""

    about = HiddenField()
    """Which registration the page showed."""
    seen = HiddenField()
    """Which later form the page showed."""

    later: LaterForm
    found: Differences
    mark_now: str
    """Stands for what there is to choose between by now."""
    refused: list[PurposeTexts]
    """What the later form says no to, which counts without a choice."""

    def parts(self) -> Iterator[Field]:
        """The fields of what differs beside consent."""
        return (self[part_name(name)] for name in self.found.parts)

    def safeguard_problems(self) -> list[str]:
        """What is wrong, in sentences; leaves the form ready for the next try."""
        problems = list(super().safeguard_problems())
        if self.seen.data != self.mark_now:
            for field in (*self.parts(), *(field for _, field in self.consent_fields())):
                field.data = None
            problems.append(another_form_came_in())
        self.seen.data = self.mark_now
        return problems

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether everything was chosen between the forms that the page showed."""
        is_valid = super().validate(extra_validators)
        for field in (*self.parts(), *(field for _, field in self.consent_fields())):
            if field.data is None and not field.errors:
                field.errors = [choose_one(field)]
                is_valid = False
        return is_valid

    def decision(self) -> Decision:
        """What was chosen in a valid form."""
        return Decision(
            mark=self.mark_now,
            from_later={name: self[part_name(name)].data == LATER for name in self.found.parts},
            choices=tuple(
                ConsentChoice(purpose.slug, purpose.shown(), ConsentAction(field.data))
                for purpose, field in self.consent_fields()
            ),
        )


def part_name(part: str) -> str:
    """The name of a part's field."""
    return f"choose-{part}"


def decision_form(registration: Registration, *, is_sent: bool = False) -> DecisionForm | None:
    """The form, as it was sent or fresh; None where there is nothing to choose."""
    later = waiting_for(registration)
    if later is None or not is_to_be_chosen(registration):
        return None
    found = differences(registration, later)

    class ThisForm(DecisionForm):
        """The form for these differences."""

    for name in found.parts:
        setattr(ThisForm, part_name(name), _part_field(name, registration, later))
    purposes = current_texts(found.to_answer)
    for purpose in purposes:
        setattr(ThisForm, consent_name(purpose.slug), consent_field(purpose))
    form = ThisForm() if is_sent else ThisForm(formdata=None)
    form.later, form.found, form.purposes = later, found, purposes
    form.mark_now = mark_of_form(registration, later)
    form.refused = current_texts(found.refused)
    if not is_sent:
        form.shown.data = form._text_mark()
        form.seen.data = form.mark_now
    form.about.data = form.about.data if is_sent else mark_of(registration.subject)
    return form


def another_form_came_in() -> str:
    """What to tell somebody who chose between other forms than there are by now."""
    return _sl(
        "Since you opened this page, a further form has come in, or something was answered or "
        "changed elsewhere. What you sent just now has changed nothing: please choose once more "
        "between what you see now."
    )


def _part_field(name: str, registration: Registration, later: LaterForm) -> Field:
    first = {column: getattr(registration, column) for column in PARTS.get(name, ())}
    questions = registration.event.questions
    if name.startswith(QUESTION):
        slug = name.removeprefix(QUESTION)
        question = next((one for one in questions if one.slug == slug), None)
        label = words(question.label) if question else slug
        said = (
            answer_in_words(question, registration.answers.get(slug)),
            answer_in_words(question, later.said["answers"].get(slug)),
        )
    else:
        label = _LABELS[name]
        said = (_words(name, first), _words(name, later.said))
    return OneOf(
        label,
        choices=[
            (FIRST, _sl("The first form: %(said)s", said=said[0])),
            (LATER, _sl("The later form: %(said)s", said=said[1])),
        ],
    )


_LABELS: dict[str, Any] = {
    "name": lazy("Whose registration is it?"),
    "age": lazy("How old are you?"),
    "party": lazy("How many of you are coming?"),
    "support": lazy("What do you need so that you can take part?"),
    "language": lazy("In which language shall we write to you?"),
}


def _words(part: str, said: Mapping[str, Any]) -> str:
    """What a form says about a part, in words."""
    if part == "name":
        return full_name(said["given_name"], said["family_name"])
    if part == "party":
        return party_in_words(said["party_size"], said["companions"])
    if part == "age":
        age = settings().guardian_age
        if not said["is_under_age"]:
            return _sl("%(age)d or older", age=age)
        return _sl("younger than %(age)d, with %(name)s", age=age, name=said["guardian_name"] or "")
    if part == "language":
        return language_name(said["language"])
    return text_in_words(said["support_needs"])

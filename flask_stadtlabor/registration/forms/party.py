"""What an event asks a party, when it registers and when it changes its registration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.validators import StopValidation

from flask_stadtlabor.events.models import CompanionNames, Event
from flask_stadtlabor.events.questions.question import Question
from flask_stadtlabor.form_fields import (
    LONGEST_NAME,
    LONGEST_TEXT,
    PartySizeField,
    PlainText,
    Required,
    stripped,
)
from flask_stadtlabor.forms import Form
from flask_stadtlabor.i18n import _sl, _sln, lazy, words
from flask_stadtlabor.registration.retention_periods import support_kept_until


class PartyForm(Form):
    """A form with the fields that :func:`ask_party` and :func:`ask_questions` add."""

    event: Event
    party_size: PartySizeField
    largest_party: int = 1

    def validate_party_size(self, field: Field) -> None:
        """Raises ``ValidationError`` for less than one or more than the event allows."""
        if field.data is None:
            return
        if not 1 <= field.data <= self.largest_party:
            raise ValidationError(
                _sln(
                    "You can register one person.",
                    "You can register from 1 to %(num)d people.",
                    self.largest_party,
                )
            )

    def companion_fields(self) -> list[Field]:
        """A field for each member that the largest party has beside the registrant."""
        if self.event.companion_names == CompanionNames.NO:
            return []
        return [self[companion_name(number)] for number in range(1, self.largest_party)]

    def companions(self) -> tuple[str, ...]:
        """The names of those who come along; as many at most as the party has members."""
        fields = self.companion_fields()[: self.others()]
        return tuple(field.data for field in fields if field.data)

    def others(self) -> int:
        """The number of companions; 0 while the party size is invalid."""
        size = self.party_size.data or 1
        return size - 1 if 1 <= size <= self.largest_party else 0

    def question_fields(self) -> Iterator[tuple[Question, Field]]:
        """Each question of the event, with its field."""
        for question in self.event.questions:
            yield question, self[question_name(question.slug)]

    def is_asked(self, question: Question) -> bool:
        """Whether the answers so far lead to this question."""
        questions = {one.slug: one for one in self.event.questions}
        # iterative, because a chain of conditions may exceed Python's recursion limit
        for _ in questions:
            condition = question.show_if
            if condition is None:
                return True
            given = self[question_name(condition.question)].data or ()
            if condition.value not in ((given,) if isinstance(given, str) else given):
                return False
            question = questions[condition.question]
        return False

    def question(self, slug: str) -> Question:
        """The event's question of this name."""
        return next(question for question in self.event.questions if question.slug == slug)

    def when_asked(self, question: Question) -> str:
        """In a sentence, who is asked a question that has a condition."""
        if question.show_if is None:
            return ""
        other = self.question(question.show_if.question)
        return _sl(
            "Only if you answered “%(answer)s” to “%(question)s”.",
            answer=other.words_of(question.show_if.value),
            question=words(other.label),
        )

    def answers(self) -> dict[str, Any]:
        """The answers to the questions that were asked, without the unanswered ones."""
        given = (
            (question.slug, field.data)
            for question, field in self.question_fields()
            if self.is_asked(question)
        )
        return {slug: data for slug, data in given if data}

    def support(self) -> str | None:
        """What the party needs to take part, where the event asks for it."""
        return (self["support_needs"].data or None) if self.event.ask_support else None

    def support_is_deleted_at(self) -> datetime:
        """When that is deleted."""
        return support_kept_until(self.event)


def companion_name(number: int) -> str:
    """The name of the field for a party's other member; the first is number 1."""
    return f"companion-{number}"


def question_name(slug: str) -> str:
    """The name of a question's field."""
    return f"question-{slug}"


def ask_party(form: type[PartyForm], event: Event, largest_party: int) -> None:
    """Let ``form`` ask how many come and, where the event wants to know, who they are."""
    form.largest_party = largest_party
    form.party_size = PartySizeField(
        lazy("How many of you are coming?"),
        default=1,
        render_kw={"min": 1, "inputmode": "numeric"},
    )
    if event.companion_names == CompanionNames.NO:
        return
    for number in range(1, largest_party):
        field = StringField(
            _sl("Name of person %(num)d", num=number + 1),
            filters=[stripped],
            validators=[_IfTheyCome(number), PlainText(LONGEST_NAME)],
            render_kw={"autocomplete": "off"},
        )
        setattr(form, companion_name(number), field)


def ask_questions(form: type[PartyForm], event: Event) -> None:
    """Let ``form`` ask the event's own questions, and what somebody needs to take part."""
    for question in event.questions:
        setattr(form, question_name(question.slug), _question_field(question))
    if event.ask_support:
        form.support_needs = TextAreaField(
            lazy("What do you need so that you can take part?"),
            filters=[stripped],
            validators=[PlainText(LONGEST_TEXT, several_lines=True)],
        )


class _IfTheyCome:
    """A name is checked, and may be required, only of somebody who belongs to the party."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __call__(self, form: PartyForm, field: Field) -> None:
        if self.number > form.others():
            raise StopValidation
        if not field.data and form.event.companion_names == CompanionNames.REQUIRED:
            raise StopValidation(_sl("Enter the name of person %(num)d.", num=self.number + 1))


class _IfAsked:
    """An answer is checked only where the answers before lead to its question."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def __call__(self, form: PartyForm, field: Field) -> None:
        if not form.is_asked(self.question):
            raise StopValidation


class _RequiredIfAsked(Required):
    """Required only if the question is asked, so without HTML's ``required`` attribute."""

    field_flags = {"required_if_asked": True}  # noqa: RUF012 - WTForms reads this name


def _question_field(question: Question) -> Field:
    validators: list[Any] = []
    if question.show_if:
        validators.append(_IfAsked(question))
    if question.required:
        kind_of_required = _RequiredIfAsked if question.show_if else Required
        unanswered = _sl(
            "Please answer the question “%(question)s”.", question=words(question.label)
        )
        validators.append(kind_of_required(unanswered))
    return question.field(validators)

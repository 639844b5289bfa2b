"""A question of an event, as its exchange file has it."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any

from markupsafe import Markup
from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from wtforms import Field as FormField

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor_field import EditorField
from flask_stadtlabor.events.content import EMPTY, Part, Slug
from flask_stadtlabor.events.questions import kinds
from flask_stadtlabor.events.questions.kind import Answer, QuestionKind
from flask_stadtlabor.events.questions.option import Option
from flask_stadtlabor.i18n import lazy, marked


def _found() -> dict[str, QuestionKind]:
    """All classes of kinds, so that a new one needs its own module and nothing else."""
    found: dict[str, QuestionKind] = {}
    for module in sorted(iter_modules(kinds.__path__), key=lambda each: each.name):
        there = vars(import_module(f"{kinds.__name__}.{module.name}"))
        for each in there.values():
            if isinstance(each, type) and issubclass(each, QuestionKind) and "name" in vars(each):
                found[each.name] = each()
    return found


KINDS = _found()
"""By the name in the exchange file."""


def one_of(names: Iterable[str]) -> str:
    """Names to choose from, as faults of an exchange file list them."""
    *others, last = [f"'{name}'" for name in names]
    return f"{', '.join(others)} or {last}"


class Condition(Part):
    """An answer to an earlier question of the event, on which another question depends."""

    question: Annotated[
        Slug,
        EditorField(
            lazy("Only after this question"),
            lazy("The short name of an earlier question; empty means: everybody is asked."),
        ),
    ]
    value: Annotated[str, EditorField(lazy("Only after this answer"))]


class Question(Part):
    """A question that an event asks when somebody registers."""

    slug: Annotated[
        Slug,
        EditorField(
            lazy("Short name of the question"),
            lazy(
                "Small letters and hyphens, such as meal. Answers are kept under it. Empty means: "
                "it is made of the question."
            ),
            made_of="label",
        ),
    ]
    kind: Annotated[
        str,
        EditorField(
            lazy("Kind of answer"),
            options={
                "text": lazy("A line of text"),
                "long": lazy("A longer text"),
                "choice": lazy("One of several answers"),
                "choices": lazy("Several of several answers"),
                "yes-no": lazy("Yes or no"),
            },
            source="kinds",
        ),
    ]
    label: Annotated[LocalizedText, EditorField(lazy("The question"))]
    help: Annotated[LocalizedText, EditorField(lazy("A sentence that helps to answer"))] = EMPTY
    required: Annotated[bool, EditorField(lazy("Everybody has to answer"))] = False
    options: Annotated[
        Annotated[tuple[Option, ...], Field(validate_default=True)],
        EditorField(lazy("Answers to choose from"), item=lazy("Answer")),
    ] = ()
    show_if: Annotated[Condition | None, EditorField(lazy("Only for some people"))] = None
    """Unset, everybody is asked."""

    @field_validator("kind")
    @classmethod
    def _kind_exists(cls, kind: str) -> str:
        if kind not in KINDS:
            raise PydanticCustomError("literal_error", "{expected}", {"expected": one_of(KINDS)})
        return kind

    @field_validator("options")
    @classmethod
    def _some_kinds_need_options(
        cls, options: tuple[Option, ...], info: ValidationInfo
    ) -> tuple[Option, ...]:
        kind = info.data.get("kind")
        if kind is not None and KINDS[kind].needs_options and not options:
            raise ValueError(f"A question of kind {kind!r} needs options to choose from.")
        return options

    @property
    def macro(self) -> str:
        """The macro of ``macros/form.html`` that draws its field."""
        return KINDS[self.kind].macro

    def field(self, validators: list[Any]) -> FormField:
        """The unbound field that asks it."""
        return KINDS[self.kind].field(marked(self.label), self.options, validators)

    def values(self) -> tuple[str, ...] | None:
        """The values to choose from; None where people answer in their own words."""
        return KINDS[self.kind].values(self.options)

    def label_of(self, value: str) -> Markup:
        """What an answer is called, for HTML; as it was given where it is offered no longer."""
        return KINDS[self.kind].label(value, self.options)

    def words_of(self, value: str) -> str:
        """The label as plain text."""
        return KINDS[self.kind].words(value, self.options)

    def fitted(self, answer: Answer) -> Answer | None:
        """An old answer, reduced to what the question still allows after it was changed."""
        return KINDS[self.kind].fitted(answer, self.options)

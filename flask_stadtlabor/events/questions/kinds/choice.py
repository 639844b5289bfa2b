"""A question with answers of which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape
from wtforms import Field

from flask_stadtlabor.events.questions.kind import QuestionKind
from flask_stadtlabor.events.questions.option import Option
from flask_stadtlabor.form_fields import OneOf
from flask_stadtlabor.i18n import marked, words


class ChoiceKind(QuestionKind):
    """One of the answers that the event offers."""

    name = "choice"
    macro = "options"
    needs_options = True

    def field(self, label: Markup, options: Sequence[Option], validators: list[Any]) -> Field:
        """Radio buttons."""
        return OneOf(label, choices=self.choices(options), validators=validators)

    def choices(self, options: Sequence[Option]) -> list[tuple[str, Any]]:
        """Values and labels, for a field."""
        return [(option.value, marked(option.label)) for option in options]

    def values(self, options: Sequence[Option]) -> tuple[str, ...]:
        """Those of the options."""
        return tuple(option.value for option in options)

    def label(self, value: str, options: Sequence[Option]) -> Markup:
        """The option's label; the value where it is offered no longer."""
        found = (marked(option.label) for option in options if option.value == value)
        return next(found, escape(value))

    def words(self, value: str, options: Sequence[Option]) -> str:
        """The label as plain text."""
        found = (words(option.label) for option in options if option.value == value)
        return next(found, value)

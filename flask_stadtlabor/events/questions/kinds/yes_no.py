"""A question that is answered by yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape
from wtforms import Field

from flask_stadtlabor.events.questions.kind import QuestionKind
from flask_stadtlabor.events.questions.option import Option
from flask_stadtlabor.form_fields import OneOf
from flask_stadtlabor.i18n import _sl, lazy

YES, NO = "yes", "no"


class YesNoKind(QuestionKind):
    """Yes or no, in the language of whoever reads it."""

    name = "yes-no"
    macro = "options"

    def field(self, label: Markup, options: Sequence[Option], validators: list[Any]) -> Field:
        """Two radio buttons."""
        choices = [(YES, lazy("Yes")), (NO, lazy("No"))]
        return OneOf(label, choices=choices, validators=validators)

    def values(self, options: Sequence[Option]) -> tuple[str, ...]:
        """Yes and no."""
        return YES, NO

    def label(self, value: str, options: Sequence[Option]) -> Markup:
        """The word; the value itself where the question was of another kind once."""
        return escape(self.words(value, options))

    def words(self, value: str, options: Sequence[Option]) -> str:
        """The label as plain text."""
        return {YES: _sl("Yes"), NO: _sl("No")}.get(value, value)

"""A question that is answered in a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from wtforms import Field, StringField

from flask_stadtlabor.events.questions.kind import QuestionKind
from flask_stadtlabor.events.questions.option import Option
from flask_stadtlabor.form_fields import LONGEST_LINE, PlainText, stripped


class TextKind(QuestionKind):
    """One line in the person's own words."""

    name = "text"
    macro = "text"

    def field(self, label: Markup, options: Sequence[Option], validators: list[Any]) -> Field:
        """A field of one line."""
        return StringField(
            label, filters=[stripped], validators=[*validators, PlainText(LONGEST_LINE)]
        )

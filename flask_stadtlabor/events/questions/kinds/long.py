"""A question that is answered in several lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from wtforms import Field, TextAreaField

from flask_stadtlabor.events.questions.kind import QuestionKind
from flask_stadtlabor.events.questions.option import Option
from flask_stadtlabor.form_fields import LONGEST_TEXT, PlainText, stripped


class LongKind(QuestionKind):
    """Several lines in the person's own words."""

    name = "long"
    macro = "text"

    def field(self, label: Markup, options: Sequence[Option], validators: list[Any]) -> Field:
        """A field of several lines."""
        check = PlainText(LONGEST_TEXT, several_lines=True)
        return TextAreaField(label, filters=[stripped], validators=[*validators, check])

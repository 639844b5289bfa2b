"""A question with answers of which several can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from wtforms import Field

from flask_stadtlabor.events.questions.kind import Answer
from flask_stadtlabor.events.questions.kinds.choice import ChoiceKind
from flask_stadtlabor.events.questions.option import Option
from flask_stadtlabor.form_fields import SomeOf


class ChoicesKind(ChoiceKind):
    """Any number of the answers that the event offers."""

    name = "choices"

    def field(self, label: Markup, options: Sequence[Option], validators: list[Any]) -> Field:
        """Checkboxes."""
        return SomeOf(label, choices=self.choices(options), validators=validators)

    def fitted(self, answer: Answer, options: Sequence[Option]) -> Answer:
        """All that are offered still."""
        given = [answer] if isinstance(answer, str) else answer
        return [value for value in given if value in self.values(options)]

"""What a kind of question is: how it is asked, kept and shown."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from markupsafe import Markup, escape
from wtforms import Field

from flask_stadtlabor.events.questions.option import Option

Answer = str | list[str]
"""What is stored: a text, or the values that were chosen."""


class QuestionKind(ABC):
    """One kind, as exchange files name it. A new one is a module in ``kinds/`` with one class."""

    name: ClassVar[str]
    """As the exchange file writes it."""
    macro: ClassVar[str]
    """The macro of ``macros/form.html`` that draws its field."""
    needs_options: ClassVar[bool] = False
    """Whether whoever writes the question lists the answers."""

    @abstractmethod
    def field(self, label: Markup, options: Sequence[Option], validators: list[Any]) -> Field:
        """The unbound field that asks it."""

    def values(self, options: Sequence[Option]) -> tuple[str, ...] | None:
        """The values to choose from; None where people answer in their own words."""
        return None

    def label(self, value: str, options: Sequence[Option]) -> Markup:
        """What an answer is called in the current language; as it was given where none is."""
        return escape(value)

    def words(self, value: str, options: Sequence[Option]) -> str:
        """The label as plain text."""
        return value

    def fitted(self, answer: Answer, options: Sequence[Option]) -> Answer | None:
        """An old answer, reduced to what the question still allows after it was changed."""
        given = [answer] if isinstance(answer, str) else answer
        offered = self.values(options)
        if offered is None:
            return ", ".join(given)
        return next((value for value in given if value in offered), None)

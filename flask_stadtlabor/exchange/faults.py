"""What is wrong with an exchange file: where, and why, in plain sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

from pydantic_core import ErrorDetails

from flask_stadtlabor.events.content import (
    EmailAddress,
    LocalTime,
    PictureAddress,
    Slug,
    WebAddress,
)
from flask_stadtlabor.text import shorten

LIST_LIMIT = 100
_KEY = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)

_SENTENCES = {
    "missing": "This key is missing, and there is no default for it.",
    "extra_forbidden": "This key is unknown; correct or remove it.",
    "localized_text": "Write a text in quotation marks, or an object of language codes and texts.",
    "string_type": "Write a text in quotation marks.",
    "int_type": "Write a whole number such as 30, without quotation marks.",
    "float_type": "Write a number, without quotation marks.",
    "bool_type": "Write true or false, without quotation marks.",
    "tuple_type": "Write a list in square brackets.",
    "model_type": "Write an object in curly brackets.",
    "model_attributes_type": "Write an object in curly brackets.",
}


def _pattern(type_: Any) -> str:
    """The pattern of one of the text types of :mod:`flask_stadtlabor.events.content`."""
    constraints = get_args(type_)[1]
    return str(constraints.pattern)


_PATTERNS = {
    _pattern(Slug): (
        "letters a to z, digits, hyphens and underscores, with a letter or digit at both ends"
    ),
    _pattern(WebAddress): "an address that begins with http:// or https://, without spaces",
    _pattern(PictureAddress): "an address that begins with https://, or a path that begins with /",
    _pattern(EmailAddress): "an e-mail address such as labor@stadt.example",
    _pattern(LocalTime): "a time of day such as 17:30",
}


class Fault(NamedTuple):
    """One fault of the file."""

    path: str
    """Where it is, such as ``events[0].venue.latitude``; empty for the whole file."""
    reason: str
    """A sentence that says what to write instead."""


class Faulty(Exception):
    """An exchange file that cannot be imported, with all its faults."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = list(faults)

    @property
    def shown(self) -> list[Fault]:
        """As many of them as somebody reads; the rest is often the same fault again."""
        return self.faults[:LIST_LIMIT]

    @property
    def left_out(self) -> int:
        """How many more there are."""
        return len(self.faults) - len(self.shown)


def path_of(*steps: str | int) -> str:
    """The path of these keys and list positions, the first position being 0."""
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        elif _KEY.fullmatch(step):
            path += f".{step}" if path else step
        else:
            path += f"[{json.dumps(step)}]"
    return path


def sentence(error: ErrorDetails) -> str:
    """Pydantic's error as a sentence for somebody who wrote the file by hand."""
    kind, context = error["type"], error.get("ctx", {})
    if kind.startswith(("datetime", "timezone")):
        return f"This is {shown(error['input'])}; write a moment such as 2027-03-01T09:00:00Z."
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    value = shown(error["input"])
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"This is {value}; write {context['expected']}."
    if kind == "greater_than_equal":
        return f"This is {value}; write {context['ge']:g} or more."
    if kind == "less_than_equal":
        return f"This is {value}; write {context['le']:g} or less."
    if kind == "too_long":
        found, most = context["actual_length"], context["max_length"]
        return f"This list has {found or 'very many'} entries; write at most {most}."
    if kind == "string_too_short":
        return "This is empty; write something."
    if kind == "string_too_long":
        return f"This is longer than {context['max_length']} characters; shorten it."
    if kind == "string_pattern_mismatch":
        wanted = _PATTERNS.get(context["pattern"], f"what fits {context['pattern']}")
        return f"This is {value}; write {wanted}."
    return f"This is {value}, which does not fit: {error['msg']}."


def shown(value: object) -> str:
    """A value as it stands in the file, cut where it is long."""
    return shorten(json.dumps(value, ensure_ascii=False, default=str), 60)

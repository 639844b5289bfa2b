"""One thing that ``flask stadtlabor check`` has to say."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Weight(StrEnum):
    """How much a finding matters."""

    ERROR = "Error"
    """Something does not work, or is about to be lost: the exit code is 1."""
    WARNING = "Warning"
    """It works, but not as it should in a real portal."""
    NOTE = "Note"
    """Good to know."""


class Finding(NamedTuple):
    """A sentence that says what is the case and, where something is wrong, what to do."""

    weight: Weight
    sentence: str


def error(sentence: str) -> Finding:
    """Something that does not work."""
    return Finding(Weight.ERROR, sentence)


def warning(sentence: str) -> Finding:
    """Something that works, but should be better."""
    return Finding(Weight.WARNING, sentence)


def note(sentence: str) -> Finding:
    """Something good to know."""
    return Finding(Weight.NOTE, sentence)

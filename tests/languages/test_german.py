"""German typography: quotation marks, dashes and non-breaking spaces."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGS = {
    "stadtlabor": ROOT / "flask_stadtlabor/translations/de/LC_MESSAGES/stadtlabor.po",
    "example": ROOT / "example_app/translations/de/LC_MESSAGES/messages.po",
}
FAULTS = {
    r"\b(?:Art|Abs|Buchst|Nr)\. (?=\d|[a-z]\b)": "an article parts from its number",
    r"\d\. (?=Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)":
        "a day parts from its month",
    r'(?<!=)"(?!>)': "straight quotation marks",
    r"\w - \w": "a hyphen for a dash",
    r"\.\.\.": "three dots for an ellipsis",
    r"(?<![.!?:“] )(?<!^)\b(?:Ihnen|Ihren?|Ihrem|Ihres)\b": "people addressed as strangers",
}  # fmt: skip


@pytest.mark.parametrize("name", CATALOGS)
def test_sentences_are_set_as_german_is(name: str) -> None:
    with CATALOGS[name].open("rb") as file:
        catalog = read_po(file)
    said = [
        sentence
        for message in catalog
        if message.id
        for sentence in ([message.string] if isinstance(message.string, str) else message.string)
    ]
    assert len(said) > 50
    found = [
        f"{what}: {sentence}"
        for sentence in said
        for fault, what in FAULTS.items()
        if re.search(fault, sentence)
    ]
    assert found == []

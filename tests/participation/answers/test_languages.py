"""An answer in several languages: what one lacks is said before, and all stands there after."""

from __future__ import annotations

import pytest

from tests.forms import page
from tests.host import Host
from tests.participation.answers.desk import SAID, answer_url, answered, fill_in, office
from tests.participation.ideas.desk import collecting, published, words

pytestmark = pytest.mark.one_database

NO_REASONS = "Die Begründung fehlt auf Englisch"
NO_STEP = "Wie es weitergeht, fehlt auf Englisch"


@pytest.fixture
def number(host: Host) -> int:
    """Ada's idea."""
    collecting(host)
    return published(host)


@pytest.mark.parametrize(
    ("left_out", "warnings"),
    [
        ((), ()),
        (("next_step.en",), (NO_STEP,)),
        (("reasons.en", "next_step.en"), (NO_REASONS, NO_STEP)),
        (("next_step.de", "next_step.en"), ()),
    ],
)
def test_before_it_is_published_it_says_what_a_language_lacks(
    host: Host, number: int, left_out: tuple[str, ...], warnings: tuple[str, ...]
) -> None:
    said = {**SAID, **dict.fromkeys(left_out, ""), "do": "look"}
    look = page(fill_in(office(host), answer_url(number), **said)).select_one("#sl-look").parent
    seen = " ".join(look.get_text(" ").split())
    assert [each for each in (NO_REASONS, NO_STEP) if each in seen] == [*warnings]


def test_what_stands_there_is_seen_in_each_language(host: Host, number: int) -> None:
    answered(host, number)
    seen = words(office(host), answer_url(number))
    for said in ("vier Bänke", "four benches", "Die Bänke sind bestellt.", "The benches are"):
        assert said in seen.partition("Wer geantwortet")[0]

"""Text from people and editors: safe, searchable, short enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_stadtlabor.text import markdown, plain, search_form, shorten

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "![pixel](https://tracker.example/pixel.gif)",
    "<iframe src='https://tracker.example'></iframe>",
    '<p style="position:fixed">x</p>',
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_markdown_lets_nothing_dangerous_through(attack: str) -> None:
    """S9, S10."""
    html = markdown(attack)
    for forbidden in ("<script", "<img", "<iframe", "<p style", 'href="javascript', 'href="data'):
        assert forbidden not in html


def test_markdown_keeps_what_editors_need() -> None:
    html = markdown("Ein **Wort**, [ein Weg](https://stadt.example), \n\n# Titel\n\n- eins\n- zwei")
    assert "<strong>Wort</strong>" in html
    assert '<a href="https://stadt.example" rel="noopener">' in html
    assert "<h1" not in html
    assert "<li>eins</li>" in html


def test_plain_words_have_no_marks() -> None:
    assert plain("Ein **Wort** und [ein Weg](https://x.example)\nweiter") == (
        "Ein Wort und ein Weg weiter"
    )


def test_search_finds_umlauts_in_any_case() -> None:
    assert search_form("STÜHMEYERSTRAẞE") == search_form("stühmeyerstraße")
    assert search_form("u\u0308") == "ü"


@given(st.text(max_size=300), st.integers(5, 100))
def test_a_shortened_text_is_never_longer(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")

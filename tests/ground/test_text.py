"""Text from people and editors: safe, searchable, short enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_stadtlabor.text import blocks, excerpt, in_one_line, markdown, plain, shorten, trimmed

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


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Über die **Straße**\n\n- Lampen\n- Wände (hell)\n- Spiegel\n\nBitte!",
         "Über die Straße: Lampen, Wände (hell), Spiegel. Bitte!"),
        ("Was fehlt:\n\n1. Licht.\n2. Farbe", "Was fehlt: Licht. Farbe"),
        ("## Warum\n\nEs ist „dunkel.“\n\nUnd kalt", "Warum: Es ist „dunkel.“ Und kalt"),
        ("| a | b |\n|---|---|\n| c | |", "a, b, c"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_preview_keeps_items_and_paragraphs_apart(source: str, said: str) -> None:
    assert in_one_line(source) == said
    assert excerpt("- eins\n- zwei\n- drei", 14) == "eins, zwei…"


def test_a_list_in_a_mail_without_html_is_still_a_list() -> None:
    source = "Bring mit:\n\n- Stift\n- Papier\n\nDann:\n\n3. kommen\n4. malen"
    assert blocks(source, with_marks=True) == [
        "Bring mit:", "- Stift", "- Papier", "Dann:", "3. kommen", "4. malen",
    ]  # fmt: skip
    assert blocks(source)[1] == "Stift"


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("\u200b\u202aAda\u202c \ufeff", "Ada"),
        ("\u2066Ada\u2069", "\u2066Ada\u2069"),
        ("\u2067Ada", "Ada"),
        ("Ada\u2069", "Ada"),
        ("\u0646\u200c\u0646", "\u0646\u200c\u0646"),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_what_copying_brought_along_goes_and_what_belongs_to_a_name_stays(
    pasted: str, meant: str
) -> None:
    assert trimmed(pasted) == meant


@given(st.text(max_size=300), st.integers(5, 100))
def test_a_shortened_text_is_never_longer(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")
    assert short == text or not short.endswith(".…")

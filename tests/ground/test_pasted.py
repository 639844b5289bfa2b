"""What people copy from Word, Google Docs, LibreOffice and web pages becomes Markdown."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from flask_stadtlabor.pasted import MOST_TAGS, TooMuch, markdown_from
from flask_stadtlabor.text import markdown

COPIED = Path(__file__).parent / "pasted"
"""What programs put into a clipboard."""
WORD_IN_MARKDOWN = """## Bürgerdialog

**Wann: Mittwoch**, 22. April, *17:30 Uhr*

- Ankommen
  - Kaffee
- **Reden**

### Danach

1. Zählen
2. Feiern

Mehr auf [unserer Seite](https://stadt.example/dialog)."""


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("word", WORD_IN_MARKDOWN),
        (
            "google-docs",
            (
                "## Zukunft\n\nWir sind **viele** und *laut*\n\n- eins\n- zwei\n\n"
                "[ein Link](https://example.org/a)"
            ),
        ),
        (
            "libreoffice",
            (
                "## Programm\n\nEin Satz, der umbricht, mit **fettem** Wort.\n\n"
                "1. eins\n2. zwei\n\n| **Zeit** | Was |\n| --- | --- |\n| 17:30 | Beginn |"
            ),
        ),
    ],
)
def test_what_word_processors_copy(program: str, expected: str) -> None:
    html = (COPIED / f"{program}.html").read_text("utf-8")
    assert markdown_from(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<b>Wann:</b>heute", "**Wann**:heute"),
        ("<b>a</b><b>b</b>", "**ab**"),
        ("<b><b>a</b></b>", "**a**"),
        ("<b> </b>a", "a"),
        ("<h3><b>Titel</b></h3>", "## Titel"),
        ("<p>22. April 2026</p>", "22\\. April 2026"),
        ("<p>2 * 3 und snake_case und _so_</p>", "2 \\* 3 und snake_case und \\_so\\_"),
        ("<p># kein Titel</p>", "\\# kein Titel"),
        ("<p>eins<br>zwei</p>", "eins  \nzwei"),
        ("<p>a</p><p>&nbsp;</p><p>&nbsp;</p><p>b</p>", "a\n\nb"),
        ("<code>a*b_</code>", "`a*b_`"),
        ("nur Wörter", "nur Wörter"),
        ("https://example.org/x", "https://example.org/x"),
        ("programm.html", "programm.html"),
        ("", ""),
    ],
)
def test_each_mark_is_one(html: str, expected: str) -> None:
    assert markdown_from(html) == expected


def test_what_is_written_is_what_is_read() -> None:
    """No sign of the words is taken for a mark once it is drawn."""
    words = "22. April: *so* [hier] `da` 5 < 6 & 7 > 3 _x_ # ja"
    html = markdown(markdown_from(f"<p>{words.replace('&', '&amp;').replace('<', '&lt;')}</p>"))
    assert (
        html == f"<p>{words.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</p>\n"
    )


@pytest.mark.parametrize(
    "evil",
    [
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "<svg onload=alert(1)><text>alert(1)</text></svg>",
        "<a href='javascript:alert(1)'>Hallo</a>",
        "<p onclick=alert(1)>Hallo</p>",
        "<style>@import 'https://evil.example/alert(1)'</style>",
        "<iframe srcdoc='alert(1)'>alert(1)</iframe>",
        "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>",
        "<b title='alert(1)'>Hallo</b>",
        "<!--[if mso]>alert(1)<![endif]-->",
    ],
)
def test_nothing_that_acts_survives(evil: str) -> None:
    text = markdown_from(f"<p>vorher</p>{evil}<p>nachher</p>")
    assert "alert" not in text
    assert "vorher" in text
    assert "nachher" in text


def test_html_that_is_only_told_of_stays_text() -> None:
    text = markdown_from("<p>Schreib &lt;img src=x onerror=alert(1)&gt;</p>")
    assert "<img" not in markdown(text)
    assert "&lt;img" in markdown(text)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 9000 + "tief",
        "<ul><li>" * 4500 + "tief",
        "<b>" * 9000 + "tief",
        "<blockquote>" * 4500 + "tief" + "</blockquote>" * 4500,
        "<p>tief</p>" * 4500,
        "<b>tief</b>" * 4500,
        "<table><tr>" + "<td>tief" * 9000,
    ],
)
def test_no_paste_takes_long(html: str) -> None:
    began = time.monotonic()
    assert "tief" in markdown_from(html)
    assert time.monotonic() - began < 10


def test_more_than_anybody_pastes_is_refused() -> None:
    with pytest.raises(TooMuch):
        markdown_from("<i>a" * (MOST_TAGS + 1))

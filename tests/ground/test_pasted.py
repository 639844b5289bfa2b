"""What people copy from Word, Google Docs, LibreOffice and web pages becomes Markdown."""

from __future__ import annotations

import time

import pytest

from flask_stadtlabor.pasted import MOST_TAGS, TooMuch, markdown_from
from flask_stadtlabor.text import markdown

ITEM = (
    "<p class=MsoListParagraphCxSpMiddle style='text-indent:-18.0pt;mso-list:l0 {level} lfo1'>"
    "<!--[if !supportLists]--><span style='font-family:Symbol;mso-fareast-font-family:Symbol'>"
    "<span style='mso-list:Ignore'>{mark}<span style='font:7.0pt \"Times New Roman\"'>"
    "&nbsp;&nbsp;&nbsp;\n</span></span></span><!--[endif]-->{words}<o:p></o:p></p>\n"
)
WORD = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"><title>Einladung</title>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- p.MsoNormal {{margin:0cm; font-family:"Calibri",sans-serif;}} --></style></head>
<body lang=DE style='tab-interval:35.4pt'><!--StartFragment-->
<h1><span style='mso-fareast-language:DE'>Bürgerdialog<o:p></o:p></span></h1>
<p class=MsoNormal><b style='mso-bidi-font-weight:normal'><span style='font-size:12.0pt'>Wann:</span></b><b><span> Mittwoch</span></b>,
22. April, <i>17:30&nbsp;Uhr</i><o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
{ITEM.format(level="level1", mark="·", words="Ankommen")}{ITEM.format(level="level2", mark="o", words="Kaffee")}{ITEM.format(level="level1", mark="·", words="<b>Reden</b>")}
<h2>Danach</h2>
{ITEM.format(level="level1", mark="1.", words="Zählen")}{ITEM.format(level="level1", mark="2.", words="Feiern")}
<p class=MsoNormal>Mehr auf <a href="https://stadt.example/dialog"><span style='color:blue'>unserer Seite</span></a>.</p>
<!--EndFragment--></body></html>"""
WORD_IN_MARKDOWN = """## Bürgerdialog

**Wann: Mittwoch**, 22. April, *17:30 Uhr*

- Ankommen
  - Kaffee
- **Reden**

### Danach

1. Zählen
2. Feiern

Mehr auf [unserer Seite](https://stadt.example/dialog)."""
GOOGLE = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1f0e2b6c-7fff">
<h2 dir="ltr" style="line-height:1.38"><span style="font-size:16pt;font-weight:400;">Zukunft</span></h2>
<p dir="ltr" style="line-height:1.38"><span style="font-weight:400;">Wir sind </span><span style="font-weight:700;">viele</span><span style="font-weight:400;"> und </span><span style="font-style:italic;">laut</span></p><br />
<ul style="margin-top:0"><li dir="ltr" style="list-style-type:disc" aria-level="1"><p dir="ltr" role="presentation"><span>eins</span></p></li>
<li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>zwei</span></p></li></ul>
<p dir="ltr"><a href="https://example.org/a" style="text-decoration:none;"><span style="text-decoration:underline;">ein Link</span></a></p></b>"""
LIBRE_OFFICE = """<!DOCTYPE html><html><head><meta name="generator" content="LibreOffice 7.3 (Linux)"/>
<style type="text/css">p { margin-bottom: 0.25cm; background: transparent }</style></head><body lang="de-DE" dir="ltr">
<h1 class="western">Programm</h1>
<p style="line-height: 115%; margin-bottom: 0.25cm">Ein Satz,
der umbricht, mit <b>fettem</b> Wort.</p>
<ol><li><p style="margin-bottom: 0cm">eins</p></li><li><p>zwei</p></li></ol>
<table width="100%"><tr><td><p><b>Zeit</b></p></td><td><p>Was</p></td></tr><tr><td><p>17:30</p></td><td><p>Beginn</p></td></tr></table>
</body></html>"""


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param(WORD, WORD_IN_MARKDOWN, id="Word"),
        pytest.param(
            GOOGLE,
            "## Zukunft\n\nWir sind **viele** und *laut*\n\n- eins\n- zwei\n\n"
            "[ein Link](https://example.org/a)",
            id="Google Docs",
        ),
        pytest.param(
            LIBRE_OFFICE,
            "## Programm\n\nEin Satz, der umbricht, mit **fettem** Wort.\n\n1. eins\n2. zwei\n\n"
            "| **Zeit** | Was |\n| --- | --- |\n| 17:30 | Beginn |",
            id="LibreOffice",
        ),
    ],
)
def test_what_word_processors_copy(html: str, expected: str) -> None:
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

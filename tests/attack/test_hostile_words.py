"""Hostile words in every text of an exchange file and a form stay words in everything we put out.

Each output is read by a parser: no element, attribute, header, line or cell is of an attacker's
making (S7, S8, S9, S10).
"""

from __future__ import annotations

import csv
import io
import json
from email.message import EmailMessage
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from icalendar import Calendar

from tests.attack.conftest import Tried
from tests.exchange.files import rich_exchange
from tests.factories import PHOTOS, person, question
from tests.forms import fill, page, press
from tests.host import Host
from tests.organise.staff import DESK, DOOR, HERE, staff_of

pytestmark = pytest.mark.one_database

PUBLIC = "/stadtlabor/de/"
MINE = f"{PUBLIC}registration/"
FORM = f"{PUBLIC}events/plattform/register"
WORDS = (
    "<evil-x onclick=evil()>",
    "\"'><evil-x evil=1>",
    "</script><script>evil()</script>",
    "<!--<script>",
    "]]><evil-x/>&evil;",
    "</textarea></title></style><evil-x>",
    "[x](javascript:evil()) ![x](https://evil.test/x.png) <https://evil.test>",
    "{{ 7*191 }}{% evil %}${7*191}#{7*191}%(evil)s%s{evil}",
    "'; DROP TABLE stadtlabor_event; --",
    "\\u003cevil-x\\u003e\\n",
    "=cmd|' /C evil'!A0",
    "x;=cmd,@SUM(1)",
)
"""What fits into one line, and what every field takes."""
LINES = (
    "Tag\r\nBcc: evil@evil.test\r\n\r\nevil",
    "Tag\nATTENDEE:mailto:evil@evil.test\nEND:VEVENT\nBEGIN:VEVENT\nX-EVIL:1",
    "Tag\u2028X-EVIL:1\u2029X-EVIL:2",
    'a;b,c:d\\,\\n"X-EVIL=1"^n^\'',
    "\u202eevil\u2066\u200b",
)
"""What only an exchange file holds: a form refuses control characters."""
FREE = frozenset({
    "title", "topic", "summary", "description", "easy_language", "name", "street", "city",
    "postal_code", "country", "note", "alt", "credit", "label", "help", "status", "speakers",
    "phone", "text", "address", "contact",
})  # fmt: skip
"""The keys whose values are texts."""
ALLOWED = frozenset({
    "BEGIN", "END", "PRODID", "VERSION", "CALSCALE", "METHOD", "NAME", "X-WR-CALNAME",
    "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "TZID", "TZNAME", "TZOFFSETFROM", "TZOFFSETTO",
    "DTSTART", "RRULE", "RDATE", "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "STATUS",
    "DTEND", "SUMMARY", "DESCRIPTION", "URL", "LOCATION", "GEO", "CONFERENCE", "COMMENT",
    "ORGANIZER", "ATTENDEE", "X-LIC-LOCATION",
})  # fmt: skip
HEADERS = frozenset({
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "Reply-To", "MIME-Version", "Content-Type", "Content-Language", "Content-Transfer-Encoding",
})  # fmt: skip


def hostile(value: Any, words: str, key: str = "") -> Any:
    """The same with these words in place of each text."""
    if isinstance(value, dict):
        if key in FREE:
            return dict.fromkeys(value, words)
        return {name: hostile(item, words, name) for name, item in value.items()}
    if isinstance(value, list):
        return [hostile(item, words, key) for item in value]
    return words if isinstance(value, str) and key in FREE else value


def content(words: str) -> dict[str, Any]:
    """A file that uses every key of the format, in a form that people can fill in."""
    file = hostile(rich_exchange(), words)
    event = file["events"][0]
    for item, status in zip(file["events"], ("published", "cancelled"), strict=True):
        item["status"] = status
    event["contact"]["email"] = "buero@stadt.example"
    event["registration"] |= {
        "opens_at": None, "confirm_by_email": True, "companion_names": "optional",
        "questions": [
            question("kurz", label=words, help=words), question("lang", "long", label=words),
            question("wahl", "choice", label=words,
                     options=[{"value": "a", "label": words}, {"value": "b", "label": "B"}]),
        ],
    }  # fmt: skip
    event["registration"]["capacity"] = 25
    return file


def in_a_row(first: int) -> str:
    """All words in one text, each first once."""
    return " ".join((*WORDS[first:], *WORDS[:first]))


def check_html(text: str) -> BeautifulSoup:
    """A page holds what our templates write, and no more."""
    shown = BeautifulSoup(text, "html.parser")
    for element in shown.find_all(True):
        assert isinstance(element, Tag)
        assert "evil" not in element.name
        assert element.name not in ("iframe", "object", "embed", "base", "applet", "frame")
        for name, value in element.attrs.items():
            assert not name.startswith("on"), element
            assert "evil" not in name, element
            if name in ("href", "src", "action", "formaction", "poster"):
                assert str(value).partition(":")[0] not in ("javascript", "data", "vbscript")
        if element.name in ("img", "script", "link", "source", "video", "audio"):
            assert "evil.test" not in str(element.get("src", "")) + str(element.get("href", ""))
        if element.name == "script":
            _check_script(element)
        if element.name == "style":
            assert "evil" not in element.get_text()
    assert "1337" not in text
    return shown


def _check_script(element: Tag) -> None:
    if element.get("type") == "application/ld+json":
        json.loads(element.get_text())
    else:
        assert element.get("src")
        assert not element.get_text().strip()


def check_calendar(data: bytes) -> None:
    """Each line is a property that we write, and there is one event for each of ours."""
    text = data.decode("utf-8")
    assert not set(text) & set("\u2028\u2029\x0b\x0c\x85")
    lines = text.replace("\r\n ", "").split("\r\n")
    names = {line.replace(";", ":").partition(":")[0] for line in lines if line}
    assert names <= ALLOWED
    assert not [line for line in lines if "\n" in line or "\r" in line]
    assert not [
        line for line in lines if line.startswith(("ATTENDEE", "ORGANIZER")) and "evil@" in line
    ]
    parsed = Calendar.from_ical(data)
    assert len(parsed.walk("VEVENT")) == len({str(e["UID"]) for e in parsed.walk("VEVENT")})


def check_table(text: str) -> None:
    """No cell begins a formula, by whatever separator a spreadsheet takes."""
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def check_mail(message: EmailMessage) -> None:
    """Headers of ours, one recipient, and parts without anything that runs."""
    assert set(message.keys()) <= HEADERS
    assert len(message["To"].addresses) == 1
    assert message["To"].addresses[0].domain == "buerger.example"
    assert len(set(message.keys())) == len(message.keys())
    for part in message.walk():
        if part.get_content_type() == "text/html":
            check_html(part.get_content())
        elif part.get_content_type() in ("text/calendar", "application/ics"):
            check_calendar(part.get_payload(decode=True))
        elif part.get_content_type() == "text/plain":
            assert "1337" not in part.get_content()


def check_public(browser: FlaskClient, title: str | None) -> None:
    """All that anybody can see."""
    for path in (
        "",
        "?q=evil",
        "events/plattform/",
        "events/plattform/easy/",
        "series/zu-besuch/",
        f"privacy/{PHOTOS}/1/",
        "events/plattform/register",
        "events/abgesagt/",
    ):
        answer = browser.get(f"{PUBLIC}{path}")
        assert answer.status_code in (200, 404), path
        check_html(answer.text)
    if title is not None:
        shown = page(browser.get(f"{PUBLIC}events/plattform/"))
        heading = shown.select_one("h1")
        assert heading is not None
        assert " ".join(heading.get_text().split()) == " ".join(title.split())
    for path in ("events/plattform/event.ics", "calendar.ics", "series/zu-besuch/calendar.ics"):
        check_calendar(browser.get(f"{PUBLIC}{path}").data)
    for path in ("feed.atom", "series/zu-besuch/feed.atom"):
        feed = ET.fromstring(browser.get(f"{PUBLIC}{path}").data)  # noqa: S314 - our own
        kinds = {element.tag.rpartition("}")[2] for element in feed.iter()}
        assert kinds <= {
            "feed",
            "id",
            "title",
            "updated",
            "link",
            "author",
            "name",
            "entry",
            "published",
            "summary",
            "content",
            "subtitle",
            "rights",
            "category",
        }
        for element in feed.iter("{http://www.w3.org/2005/Atom}content"):
            check_html(element.text or "")
    api = "/stadtlabor/api/v1"
    for path in ("events", "events/plattform", "series", "openapi.json"):
        assert browser.get(f"{api}/{path}").json
    check_table(browser.get(f"{api}/events.csv").text)


def check_personal(browser: FlaskClient) -> None:
    """All that stands behind a personal link."""
    for path in ("", "change", "ticket", "receipt", "data", "erase"):
        answer = browser.get(f"{MINE}{path}")
        assert answer.status_code == 200, path
        check_html(answer.text)
    for path in ("data.json", "receipt.jsonld"):
        json.loads(browser.get(f"{MINE}{path}").text)


def check_office(staff: FlaskClient, number: int = 1) -> None:
    """All that staff sees, with a draft of a text that holds the words too."""
    lines = ("title", "name", "address", "data_protection_officer", "authority")
    draft = {f"{name}-{code}": WORDS[1] for name in lines for code in ("de", "en")}
    draft |= {"text-en": in_a_row(0), "change": "material"}
    check_html(fill(staff, f"{DESK}texts/{PHOTOS}/edit", draft, action="/edit").text)
    for address in (
        DESK, HERE, f"{HERE}?q=evil&state=all", f"{HERE}registrations/{number}/", DOOR,
        f"{DOOR}{number}/", f"{DOOR}?q=x", f"{HERE}register", f"{HERE}consents", f"{HERE}no-photos",
        f"{HERE}publications/", f"{HERE}mails/", f"{HERE}mails/reminder/de/",
        f"{HERE}mails/reminder/de/html", f"{DESK}take-downs/", f"{DESK}notices/", f"{DESK}texts/",
        f"{DESK}texts/{PHOTOS}/", f"{DESK}texts/{PHOTOS}/edit", f"{DESK}texts/{PHOTOS}/preview",
        f"{HERE}registrations/{number}/rectify",
    ):  # fmt: skip
        answer = staff.get(address)
        assert answer.status_code in (200, 302), address
        check_html(answer.text)
    check_table(staff.get(f"{HERE}consents.csv").text)
    assert staff.get(f"{HERE}consents.json").json is not None
    check_html(press(staff, f"{HERE}registrations/{number}/", "/sheet").text)


@pytest.mark.parametrize("words", LINES, ids=ascii)
def test_no_line_of_an_exchange_file_becomes_one_of_ours(
    host: Host, tried: Tried, words: str
) -> None:
    host.load(content(words))
    check_public(host.client(), None)
    fill(host.client(), FORM, person())
    (mail,) = host.mails()
    assert mail["To"] == "person1@buerger.example"
    check_mail(mail)
    tried(f"{words!a} in each text of a file: pages, calendars, feeds, tables and a mail")


@pytest.mark.parametrize("first", range(0, len(WORDS), 4))
def test_hostile_words_stay_words_everywhere(host: Host, tried: Tried, first: int) -> None:
    """In content and in what people type, from the list of events to the sheet of staff."""
    words = in_a_row(first)
    host.load(content(words))
    check_public(host.client(), words)
    typed = words[:190]
    given = person(
        given_name=typed, family_name=typed, party_size="2", support_needs=words,
        **{"companion-1": typed, "question-kurz": words[:490], "question-lang": words,
           "question-wahl": "a", "under_16": "y", "guardian_name": typed,
           f"consent-{PHOTOS}": "given"},
    )  # fmt: skip
    browser = host.client()
    answer = fill(browser, FORM, given)
    assert answer.status_code == 303, page(answer).select(".sl-errors, .sl-problems, [role=alert]")
    check_html(browser.get(answer.location).text)
    opened = host.client()
    opened.get(host.link(host.mails()[-1]))
    press(opened, MINE, "/confirm")
    check_personal(opened)
    fill(opened, f"{MINE}change", {"given_name": typed, "question-lang": f"{words} 2"})
    press(opened, MINE, f"/{PHOTOS}/withdraw")
    check_office(staff_of(host, name=words).client())
    press(opened, MINE, "/cancel")
    for mail in host.mails():
        check_mail(mail)
    tried(f"{len(WORDS)} texts in each field of a file and a form, {words[:24]!a} first")


@pytest.mark.parametrize("words", [*WORDS, *LINES], ids=ascii)
def test_a_form_that_comes_again_shows_words_as_they_were_typed(
    host: Host, tried: Tried, words: str
) -> None:
    """In every field, also in those that are refused."""
    host.load(content("x"))
    names = (
        "given_name",
        "family_name",
        "email",
        "party_size",
        "companion-1",
        "question-kurz",
        "question-lang",
        "question-wahl",
        "support_needs",
        "guardian_name",
        "website",
        f"consent-{PHOTOS}",
        "csrf_token",
        "started",
        "shown",
    )
    answer = fill(host.client(), FORM, dict.fromkeys(names, words))
    assert answer.status_code == 422
    shown = check_html(answer.text)
    field = shown.select_one('[name="given_name"]')
    assert field is not None
    assert str(field["value"]).split() == words.split()
    assert host.mails() == []
    tried(f"{words!a} in {len(names)} fields of a form that is refused")


@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nBcc: evil@evil.test", "evil@evil.test, a@buerger.example", "<a@b.example>",
     '"a\r\nX: evil"@b.example', "a@b.example\u2028X: evil", "a@[evil]", "a@b@c",
     "=?utf-8?q?a?=@b"],
    ids=ascii,
)  # fmt: skip
def test_no_address_is_more_than_one(host: Host, tried: Tried, address: str) -> None:
    """S8."""
    host.load(content("x"))
    for form, given in ((FORM, person(email=address)), (f"{MINE}send-link", {"email": address})):
        answer = fill(host.client(), form, given)
        assert answer.status_code in (303, 422)
        check_html(answer.text)
    for mail in host.mails():
        assert set(mail.keys()) <= HEADERS
        assert len(mail["To"].addresses) == 1
    tried(f"{address!a} as an address, in two forms")

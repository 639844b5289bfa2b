"""What the mails of a registration say: short, complete, and in the registrant's language."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup

from flask_stadtlabor.registration.mails import kinds as mails
from flask_stadtlabor.registration.mails.kinds import KINDS, MailKind
from tests.host import Host
from tests.registration.mails.written import bodies, mail, mails_of

pytestmark = pytest.mark.one_database

EVENTS: dict[str, dict[str, Any]] = {
    "full": {
        "registration": {"capacity": 2},
        "contact": {"name": "Team", "email": "team@stadt.example", "phone": "0234 1"},
    },
    "bare": {"title": "Treff", "summary": "", "venue": None, "registration": {"capacity": None}},
    "long": {"title": "Beteiligungsplattform " * 12, "ends_at": "2026-04-24T19:00"},
    "cancelled": {"status": "cancelled"},
    "online": {"venue": {"online_url": "https://raum.example/a?b=1&c=2"}},
}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("shape", EVENTS)
def test_each_mail_leads_to_the_registration(host: Host, shape: str, language: str) -> None:
    """C10, S8: by one link, from the base URL; nothing in it is empty or unfinished."""
    found = mails_of(host, KINDS, EVENTS[shape], language=language)
    assert len({message["Subject"] for message in found}) == len(KINDS)
    for message in found:
        text, html = bodies(message)
        page = BeautifulSoup(html, "html.parser")
        link = f"https://stadt.example{host.link(message)}"
        assert f"/{language}/registration/" in link
        assert [button["href"] for button in page.select("a.button")] == [link]
        assert text.count("/registration/") == html.count("/registration/") == 1
        assert page.html is not None
        assert page.html["lang"] == message["Content-Language"] == language
        for words in (text, html, message["Subject"]):
            assert not re.search(r"None|Undefined|%\(|LocalizedText|\{\{", words)
        assert not re.search(r"\n{3}|&(amp|#39|lt);", text)
        assert not page.select("script, link")
        assert all(str(image["src"]).startswith("cid:") for image in page.select("img"))


@pytest.mark.parametrize("shape", EVENTS)
def test_the_date_comes_first(host: Host, shape: str) -> None:
    text, html = bodies(mail(host, mails.CONFIRM, EVENTS[shape], language="en"))
    first = text.splitlines()[0]
    assert first.startswith("Wednesday, 22\N{NO-BREAK SPACE}April 2026, 17:30")
    assert first in BeautifulSoup(html, "html.parser").select("main p")[0].get_text()


def test_what_people_wrote_is_no_markup(host: Host) -> None:
    """S9: neither in the HTML nor in the subject's header."""
    title = "<b>Fest</b> & Co\r\nBcc: opfer@buerger.example"
    message = mail(
        host, mails.CONFIRMED, {"title": title}, given_name="<script>", confirmed_at=host.clock()
    )
    text, html = bodies(message)
    assert message["Bcc"] is None
    assert "<b>Fest</b> & Co Bcc: opfer@buerger.example" in message["Subject"]
    page = BeautifulSoup(html, "html.parser")
    assert page.h1 is not None
    assert "<b>Fest</b> & Co" in page.h1.get_text()
    assert not page.select("script, h1 b")
    assert "script" not in text


def test_a_name_is_used_once_its_owner_has_confirmed_it(host: Host) -> None:
    """A stranger cannot have us send their words to somebody else's address."""
    text, html = bodies(mail(host, mails.CONFIRM, {}, given_name="Kauf bei böse.example"))
    assert "böse" not in text + html


def test_a_name_is_used_after_that(host: Host) -> None:
    text, html = bodies(mail(host, mails.CHANGED, {}, confirmed_at=host.clock()))
    assert "Änne" in text
    assert "Änne" in html


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        (mails.CONFIRMED, "REQUEST"),
        (mails.CHANGED, "REQUEST"),
        (mails.CALLED_OFF, "CANCEL"),
    ],
)
def test_a_confirmed_person_gets_the_date_for_their_calendar(
    host: Host, kind: MailKind, method: str
) -> None:
    """D2: as an alternative for programs that act on it, and as a file; no link in either."""
    message = mail(host, kind, {}, confirmed_at=host.clock())
    alternative = next(p for p in message.walk() if p.get_content_type() == "text/calendar")
    (attachment,) = message.iter_attachments()
    assert alternative.get_param("method") == method
    assert alternative.get_payload(decode=True) == attachment.get_payload(decode=True)
    calendar = attachment.get_payload(decode=True)
    assert isinstance(calendar, bytes)
    assert f"METHOD:{method}\r\n".encode() in calendar
    assert b"/registration/" not in calendar


@pytest.mark.parametrize("kind", [mails.CONFIRM, mails.WAITING, mails.KNOWN, mails.EXPIRED])
def test_others_get_none(host: Host, kind: MailKind) -> None:
    assert not list(mail(host, kind, {}).iter_attachments())

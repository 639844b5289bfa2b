"""Staff reads the mails of an event before anybody gets them."""

from __future__ import annotations

import pytest

from flask_stadtlabor.registration.mails.kinds import KINDS
from tests.events.desk import statements
from tests.factories import exchange, open_event
from tests.forms import page
from tests.host import Host
from tests.organise.staff import HERE, staff_of, words_of

pytestmark = pytest.mark.one_database

MAILS = f"{HERE}mails/"


def test_every_mail_can_be_read_in_every_language_as_text_and_html(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    links = page(staff.get(MAILS)).select(".sl-desk-list .sl-ways a")
    assert len(links) == 2 * len(KINDS)
    for link in links:
        address = str(link["href"])
        assert words_of(staff, address)
        html = staff.get(f"{address}html")
        assert html.status_code == 200
        assert html.headers["Content-Security-Policy"].startswith("sandbox;")
        assert html.headers["Cache-Control"] == "no-store"


def test_every_mail_says_when_people_get_it(host: Host) -> None:
    host.load(exchange(open_event()))
    entries = page(staff_of(host).client().get(MAILS)).select(".sl-desk-list > li")
    assert [entry.h2.text for entry in entries if entry.h2 and entry.p is None] == []


def test_a_mail_is_in_the_language_that_was_asked_for(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    german = page(staff.get(f"{MAILS}confirmed/de/")).select_one(".sl-mail-text")
    assert german is not None
    assert german["lang"] == "de"
    assert "Mitreden im Netz" in german.text
    assert "Have your say online" in words_of(staff, f"{MAILS}confirmed/en/")


def test_a_preview_writes_nothing(host: Host) -> None:
    """S1."""
    host.load(exchange(open_event()))
    staff = staff_of(host)
    with statements(staff) as seen:
        staff.client().get(MAILS)
    assert [statement for statement in seen if not statement.startswith("SELECT")] == []
    assert host.mails() == []


@pytest.mark.parametrize("end", ["nothing/de/", "confirmed/xx/", "confirmed/xx/html"])
def test_what_is_no_mail_is_not_there(host: Host, end: str) -> None:
    host.load(exchange(open_event()))
    assert staff_of(host).client().get(MAILS + end).status_code == 404

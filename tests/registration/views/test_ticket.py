"""The ticket: who gets one, what it says, and where its code leads."""

from __future__ import annotations

from typing import Any

import pytest
import segno
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select, update

from flask_stadtlabor import Actor
from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.forms import fill, page, press
from tests.host import Host

pytestmark = pytest.mark.one_database

FORM = "/stadtlabor/{}/events/plattform/register"
HERE = "/stadtlabor/{}/registration/"
TICKET = "/stadtlabor/{}/registration/ticket"


def somebody(host: Host, language: str = "de", **changes: Any) -> FlaskClient:
    """A browser with the link of somebody open who has not confirmed yet."""
    host.load(factories.exchange(factories.open_event(**changes)))
    person = factories.person() | {"party_size": 3}
    assert fill(host.client(), FORM.format(language), person).status_code == 303
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    return browser


def registered(host: Host, language: str = "de", **changes: Any) -> FlaskClient:
    browser = somebody(host, language, **changes)
    press(browser, HERE.format(language), "/confirm")
    return browser


def code(host: Host) -> str:
    return str(host.scalar(select(Registration.ticket_code)))


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_ticket_says_who_comes_when_and_where(host: Host, language: str) -> None:
    browser = registered(host, language, doors_at="2026-04-22T17:00")
    response = browser.get(TICKET.format(language))
    assert response.status_code == 200
    text = page(response).select_one("main")
    assert text is not None
    words = text.get_text(" ")
    people = {"de": "3\N{NO-BREAK SPACE}Personen", "en": "3 people"}[language]
    access = {"de": "Rollstuhl", "en": "wheelchair"}[language]
    for wanted in ("Änne Yıldız-1", people, "Quartiershalle", "17:00", "17:30", access):
        assert wanted in words
    found = code(host)
    assert f"{found[:5]}-{found[5:]}" in words


def test_its_picture_holds_the_address_where_staff_checks_the_code(host: Host) -> None:
    """The one in the default language, whatever language the ticket is in (S8)."""
    response = registered(host, "en").get(TICKET.format("en"))
    (svg,) = page(response).select(".sl-ticket-qr svg")
    address = f"https://stadt.example/stadtlabor/de/organise/tickets/{code(host)}"
    code_of_it = segno.make_qr(address, error="m").svg_inline(border=0, omitsize=True)
    expected = BeautifulSoup(code_of_it, "html.parser").path
    assert expected is not None
    assert svg.path is not None
    assert svg.path["d"] == expected["d"]


def test_its_page_is_for_one_person_alone(host: Host) -> None:
    """S3."""
    response = registered(host).get(TICKET.format("de"))
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert host.client().get(TICKET.format("de")).status_code == 403


def test_the_way_to_it_is_on_the_page_behind_the_link(host: Host) -> None:
    browser = somebody(host)
    assert not page(browser.get(HERE.format("de"))).select("a[href$='/registration/ticket']")
    press(browser, HERE.format("de"), "/confirm")
    assert page(browser.get(HERE.format("de"))).select("a[href$='/registration/ticket']")


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("held", "bestätige zuerst"),
        ("offered", "nimm zuerst"),
        ("waiting", "Warteliste"),
        ("cancelled", "keine Plätze mehr"),
        ("expired", "keine Plätze mehr"),
    ],
)
def test_others_are_told_what_to_do_first(host: Host, state: str, word: str) -> None:
    """409, and no code that a door might take."""
    browser = somebody(host)
    with host.app.app_context():
        host.db.session.execute(update(Registration).values(state=state))
        host.db.session.commit()
    response = browser.get(TICKET.format("de"))
    assert response.status_code == 409
    assert word in response.text
    assert code(host)[:5] not in response.text
    assert not page(response).select(".sl-ticket-qr")


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_an_event_that_is_off_has_no_tickets(host: Host, status: str) -> None:
    browser = registered(host)
    host.load(factories.exchange(factories.open_event(status=status)))
    assert browser.get(TICKET.format("de")).status_code == 409
    assert not page(browser.get(HERE.format("de"))).select("a[href$='/registration/ticket']")


@pytest.mark.parametrize(
    ("language", "said", "never"),
    [
        ("de", "vorerst von der Website genommen", ["freuen uns", "verschoben", "Kalender"]),
        ("en", "off the website for the moment", ["look forward", "postponed", "calendar"]),
    ],
)
def test_an_event_set_back_to_draft_is_neither_awaited_nor_postponed(
    host: Host, language: str, said: str, never: list[str]
) -> None:
    browser = registered(host, language)
    host.load(factories.exchange(factories.open_event(status="draft")))
    for address, status in ((HERE, 200), (TICKET, 409)):
        shown = browser.get(address.format(language))
        assert shown.status_code == status
        words = page(shown).select_one("main")
        assert words is not None
        text = " ".join(words.get_text(" ").split())
        assert said in text, text
        assert [word for word in never if word in text] == []


def test_names_and_titles_are_no_markup(host: Host) -> None:
    """S9."""
    browser = registered(host, title="<b>Fest</b>")
    with host.app.app_context():
        host.db.session.execute(update(Registration).values(given_name="<script>"))
        host.db.session.commit()
    response = browser.get(TICKET.format("de"))
    assert not page(response).select("main script, main b")
    assert "&lt;script&gt;" in response.text


def test_the_code_leads_nowhere_but_for_staff(host: Host) -> None:
    """S12: neither does it tell a stranger whether a code exists."""
    registered(host)
    address = f"/stadtlabor/de/organise/tickets/{code(host)}"
    assert host.client().get(address).status_code == 403
    assert host.client().get("/stadtlabor/de/organise/tickets/2222222222").status_code == 403
    staff = host.make(
        ports={"actor": lambda: Actor("staff:1"), "policy": lambda *args: True}
    ).client()
    assert staff.get(address).status_code == 302
    assert staff.get("/stadtlabor/de/organise/tickets/2222222222").status_code == 404
    assert staff.get("/stadtlabor/de/organise/tickets/<nichts>").status_code == 404

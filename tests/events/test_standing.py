"""Every output says the same of an event's state, and none offers what nobody can do."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar

from flask_stadtlabor.events.teaser import upcoming
from tests.factories import event, exchange, open_event, person
from tests.forms import fill, page
from tests.host import Host
from tests.organise.staff import staff_of

P = "/stadtlabor/de/"
PAGE = f"{P}events/plattform/"
ATOM = "{http://www.w3.org/2005/Atom}"
TITLE = "Mitreden im Netz"
EASY = {"easy_language": {"de": "Komm vorbei."}}
ONE_SEAT = {"capacity": 1, "waiting_list": False, "confirm_by_email": False}

STATES: dict[str, tuple[dict[str, Any], str, str]] = {
    # the event, its word in lists, a part of its sentence
    "published": (open_event(**EASY), "Noch mindestens 20 Plätze frei", "Plätze sind frei"),
    "cancelled": (open_event(**EASY, status="cancelled"), "Abgesagt", "ist abgesagt. Sie findet"),
    "postponed": (
        open_event(**EASY, status="postponed"), "Verschoben", "neue Termin steht noch nicht fest",
    ),
    "over": (
        open_event(**EASY, starts_at="2026-02-22T17:30", ends_at="2026-02-22T19:00"),
        "Vorbei", "Diese Veranstaltung ist vorbei",
    ),
    "full": (
        open_event(**EASY, registration=ONE_SEAT), "Ausgebucht",
        "Alle Plätze sind vergeben, und eine Warteliste gibt es nicht",
    ),
    "no seats": (
        open_event(**EASY, registration={"capacity": 0, "waiting_list": True}), "Ausgebucht",
        "werden im Moment keine Plätze vergeben",
    ),
    "waiting list": (
        open_event(**EASY, registration=ONE_SEAT | {"waiting_list": True}), "Warteliste",
        "Setz dich auf die Warteliste",
    ),
    "not yet open": (
        open_event(**EASY, registration={"opens_at": "2026-04-01T08:00"}),
        "Anmeldung öffnet bald", "Die Anmeldung öffnet am Mittwoch, 1. April 2026",
    ),
    "closed": (
        open_event(**EASY, registration={"closes_at": "2026-03-01T08:00"}),
        "Anmeldung geschlossen", "Die Anmeldung ist geschlossen",
    ),
    "no registration": (
        event(**EASY), "Ohne Anmeldung", "Eine Anmeldung ist nicht nötig",
    ),
}  # fmt: skip
OPEN = ("published", "waiting list")
OFF = {"cancelled": "Abgesagt: ", "postponed": "Verschoben: "}


def in_state(host: Host, state: str) -> None:
    """The only event is in this state."""
    host.load(exchange(STATES[state][0]))
    if state in ("full", "waiting list"):
        fill(host.client(), f"{PAGE}register", person())


def text_of(host: Host, path: str) -> str:
    answer = host.client().get(path)
    assert answer.status_code == 200
    return " ".join(page(answer).select_one(".stadtlabor").get_text(" ").split())


@pytest.mark.one_database
@pytest.mark.parametrize("state", STATES)
def test_page_list_teaser_and_office_say_the_state(host: Host, state: str) -> None:
    in_state(host, state)
    _, word, sentence = STATES[state]
    shown = text_of(host, PAGE)
    # the page says in two places what is a sentence elsewhere
    assert word in shown
    if state != "no registration":
        assert sentence in text_of(host, f"{PAGE}register")
    if state != "over":
        assert sentence in text_of(host, P)
        with host.app.test_request_context(P):
            assert word in upcoming().striptags().replace("\xa0", " ")
    answer = staff_of(host).client().get(f"{P}organise/events/plattform/")
    office = " ".join(page(answer).get_text().split())
    assert ("30 Plätze frei" if state == "published" else word) in office
    assert sentence in text_of(host, f"{PAGE}easy/") or state == "published"


@pytest.mark.one_database
@pytest.mark.parametrize("state", STATES)
def test_titles_say_that_an_event_is_off(host: Host, state: str) -> None:
    """Also where readers show the title alone: feeds, calendars, previews of links."""
    in_state(host, state)
    title = OFF.get(state, "") + TITLE
    client = host.client()
    feed = ET.fromstring(client.get(f"{P}feed.atom").data)  # noqa: S314 - our own
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == title
    assert (STATES[state][2] in str(entry.findtext(f"{ATOM}summary"))) == (state in OFF)
    for path in ("calendar.ics", "events/plattform/event.ics"):
        (entry_of,) = Calendar.from_ical(client.get(P + path).data).walk("VEVENT")
        assert str(entry_of["summary"]) == title
    for path in (PAGE, f"{PAGE}easy/"):
        head = page(client.get(path))
        assert head.select_one("meta[property='og:title']")["content"] == title
        assert title in head.title.get_text()
        told = head.select_one("meta[property='og:description']")["content"].replace("\xa0", " ")
        assert ("22. Februar" if state == "over" else "22. April 2026, 17:30–19:00 Uhr") in told
        assert "Quartiershalle in der KoFabrik, Bochum" in told
        assert (STATES[state][2] in told) == (state in OFF)


@pytest.mark.one_database
@pytest.mark.parametrize("state", STATES)
def test_open_data_say_the_next_step(host: Host, state: str) -> None:
    in_state(host, state)
    steps = {
        "published": "register", "no seats": "full", "not yet open": "opens later",
        "no registration": "come",
    }  # fmt: skip
    client = host.client()
    found = json.loads(client.get("/stadtlabor/api/v1/events").data)["events"][0]
    assert found["next_step"] == steps.get(state, state)
    header, row = client.get("/stadtlabor/api/v1/events.csv").text.splitlines()[:2]
    assert f'"{found["next_step"]}"' in row
    assert '"next_step"' in header


@pytest.mark.one_database
@pytest.mark.parametrize("state", STATES)
def test_a_button_to_register_stands_only_where_it_leads_somewhere(host: Host, state: str) -> None:
    """On the page, on the form's page, on the page of somebody who cancelled."""
    host.load(exchange(open_event()))
    browser = host.client()
    fill(host.client(), f"{PAGE}register", person(2))
    browser.get(host.link(host.mails()[-1]))
    fill(browser, f"{P}registration/", action="/confirm")
    fill(browser, f"{P}registration/", action="/cancel")
    in_state(host, state)
    for client, path in ((host.client(), PAGE), (browser, f"{P}registration/")):
        found = page(client.get(path)).select(
            f"main a[href='{PAGE}register'], .stadtlabor a[href='{PAGE}register']"
        )
        assert bool(found) == (state in OPEN), (path, found)


@pytest.mark.one_database
def test_a_draft_offers_nothing_that_is_not_there(host: Host) -> None:
    """Neither to its editors, nor to people who registered before it became one."""
    host.load(exchange(open_event(**EASY)))
    browser = host.client()
    fill(host.client(), f"{PAGE}register", person())
    browser.get(host.link(host.mails()[-1]))
    host.load(exchange(open_event(**EASY, status="draft")))
    mine = page(browser.get(f"{P}registration/"))
    assert not mine.select("a[href*='/events/']")
    editor = staff_of(host).client()
    shown = page(editor.get(PAGE)).select_one(".stadtlabor")
    assert "Anmelden kann man sich erst, wenn er veröffentlicht ist" in shown.get_text()
    assert not shown.select("a[href$='register'], a[href$='.ics']")


@pytest.mark.one_database
def test_the_new_date_is_told_only_where_there_is_one(host: Host) -> None:
    host.load(exchange(event()))
    moved = {"starts_at": "2026-04-23T17:30", "ends_at": "2026-04-23T19:00"}
    host.load(exchange(event(**moved)))
    words = "Neuer Termin. Ursprünglich war geplant: Mittwoch, 22. April 2026, 17:30 Uhr"
    feed = host.client().get(f"{P}feed.atom").text.replace("\xa0", " ")
    assert words in feed
    assert words in text_of(host, PAGE).replace("\xa0", " ")
    host.load(exchange(event(**moved, status="postponed")))
    assert "Neuer Termin." not in text_of(host, PAGE)
    assert "Neuer Termin." not in host.client().get(f"{P}feed.atom").text

"""The list of events: order, search, filters, pages, and how many statements it takes."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup

from flask_stadtlabor.db import LocalizedText
from tests.events.desk import save, statements
from tests.factories import event, exchange, series
from tests.host import BASE_URL, Host

DAY = timedelta(days=1)


def listed(host: Host, language: str = "de", **query: str) -> list[str]:
    """Slugs of the events on the page, in its order, each once."""
    response = host.client().get(f"/stadtlabor/{language}/?{urlencode(query)}")
    assert response.status_code == 200
    main = BeautifulSoup(response.text, "html.parser").select_one(".stadtlabor")
    assert main is not None
    hrefs = [str(link["href"]) for link in main.select("a[href*='/events/']")]
    found = [re.search(r"/events/([^/]+)/$", href) for href in hrefs]
    return list(dict.fromkeys(match[1] for match in found if match))


def test_upcoming_events_come_first_and_past_ones_below(host: Host) -> None:
    now = host.clock.now
    save(host, "spaeter", starts_at=now + 9 * DAY)
    save(host, "lange-her", starts_at=now - 90 * DAY)
    save(host, "bald", starts_at=now + DAY)
    save(host, "gestern", starts_at=now - DAY)
    save(host, "laeuft", starts_at=now - timedelta(minutes=30))
    save(host, "entwurf", starts_at=now + DAY, status="draft")
    assert listed(host) == ["laeuft", "bald", "spaeter", "gestern", "lange-her"]
    assert listed(host, when="past") == ["gestern", "lange-her"]


def test_search_finds_every_word_in_any_language_and_case(host: Host) -> None:
    """SQLite's own LIKE would miss Ü for ü."""
    save(host, "oel", title=LocalizedText({"de": "ÜBER Öl", "en": "On oil"}))
    save(host, "strasse", title=LocalizedText("Straße"), topic=LocalizedText("über Bäume"))
    assert set(listed(host, q="über")) == {"oel", "strasse"}
    assert listed(host, q="Über ÖL") == ["oel"]
    assert listed(host, q="OIL") == ["oel"]
    assert listed(host, q="u\u0308ber o\u0308l") == ["oel"]
    assert listed(host, q="STRASSE") == ["strasse"]
    assert listed(host, q="über fehlt") == []


def test_search_finds_events_however_they_are_spelt(host: Host) -> None:
    """By the folding by which people are found."""
    save(host, "zoe", title=LocalizedText("Zoë Müller-Yıldız liest: O’Neill"))
    save(host, "joe", title=LocalizedText("Johanna Mull liest"))
    for q in ("Muller", "Mueller", "zoe yildiz", "Müller, Zoë", "ONeill", "muelleryildiz"):
        assert listed(host, q=q) == ["zoe"], q
    assert listed(host, q="Joe") == []


def test_no_sign_of_a_search_stands_for_others(host: Host) -> None:
    save(host, "prozent", title=LocalizedText("100 % Strom_netz /1"))
    for sign in ("%", "_", "\\", "m%x", "/2"):
        assert listed(host, q=sign) == [], sign
    for found in ("strom_netz", "100 %", "/1"):
        assert listed(host, q=found) == ["prozent"], found


@pytest.mark.parametrize("asked", ["\0", "'; DROP TABLE x --", "x" * 5000, "  ", "<b>", "\ud7ff"])
def test_a_strange_search_is_answered(host: Host, asked: str) -> None:
    save(host)
    for name in ("q", "series", "when", "page"):
        response = host.client().get(f"/stadtlabor/de/?{urlencode({name: asked})}")
        assert response.status_code == 200
        assert "<b>" not in response.text


def test_search_finds_the_series_after_it_was_renamed(host: Host) -> None:
    from flask_stadtlabor.events.operations import save_series

    save(host, series="reihe")
    assert listed(host, q="reihe") == ["plattform"]
    with host.app.app_context():
        save_series("reihe", title=LocalizedText("Stadtlabor zu Besuch"))
        host.db.session.commit()
    assert listed(host, q="besuch") == ["plattform"]
    assert listed(host, q="reihe") == []


def test_the_list_can_be_of_one_series(host: Host) -> None:
    save(host, "drin", series="reihe")
    save(host, "draussen", series="andere")
    assert listed(host, series="reihe") == ["drin"]
    assert listed(host, series="fehlt") == []


def test_twenty_events_are_on_a_page_and_the_order_goes_on_over_pages(host: Host) -> None:
    now = host.clock.now
    for number in range(30):
        save(host, f"neu-{number:02}", starts_at=now + (number + 1) * DAY)
    for number in range(15):
        save(host, f"alt-{number:02}", starts_at=now - (number + 1) * DAY)
    upcoming = [f"neu-{number:02}" for number in range(30)]
    past = [f"alt-{number:02}" for number in range(15)]
    everything = upcoming + past
    assert listed(host) == everything[:20]
    assert listed(host, page="2") == everything[20:40]
    assert listed(host, page="3") == everything[40:]
    assert listed(host, page="1", when="past") == past


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("asked", "shown"),
    [("0", 0), ("-1", 0), ("x", 0), ("", 0), ("1e3", 0), ("²", 0), ("2", 20), ("99", 20),
     ("9" * 5000, 20)],
)  # fmt: skip
def test_a_page_that_is_none_is_the_first_or_the_last(host: Host, asked: str, shown: int) -> None:
    for number in range(22):
        save(host, f"e-{number:02}", starts_at=host.clock.now + (number + 1) * DAY)
    assert listed(host, page=asked)[0] == f"e-{shown:02}"


@pytest.mark.parametrize("amount", [0, 3, 60])
def test_the_list_takes_at_most_four_statements(host: Host, amount: int) -> None:
    for number in range(amount):
        start = host.clock.now + (number - amount // 2) * DAY
        save(host, f"e-{number}", series=f"reihe-{number % 3}", starts_at=start)
    client = host.client()
    for path in ("/stadtlabor/de/", "/stadtlabor/de/?q=mit&series=reihe-1&page=2"):
        with statements(host) as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= 4, seen


@pytest.mark.one_database
def test_the_list_names_itself_in_every_language(host: Host) -> None:
    """D5: a search is not indexed."""
    head = BeautifulSoup(host.client().get("/stadtlabor/en/?when=past").text, "html.parser")
    canonical, alternates = (
        head.select_one("link[rel=canonical]"),
        {str(link["hreflang"]): str(link["href"]) for link in head.select("link[hreflang]")},
    )
    assert canonical is not None
    assert canonical["href"] == f"{BASE_URL}/stadtlabor/en/?when=past"
    assert alternates == {
        "de": f"{BASE_URL}/stadtlabor/de/?when=past",
        "en": f"{BASE_URL}/stadtlabor/en/?when=past",
        "x-default": f"{BASE_URL}/stadtlabor/de/?when=past",
    }
    assert not head.select("meta[name=robots]")
    searched = BeautifulSoup(host.client().get("/stadtlabor/en/?q=x").text, "html.parser")
    assert searched.select("meta[name=robots][content=noindex]")


def test_a_series_shows_its_dates(host: Host) -> None:
    now = host.clock.now
    save(host, "alt", series="reihe", starts_at=now - DAY)
    save(host, "neu", series="reihe", starts_at=now + DAY)
    save(host, "fremd", starts_at=now + DAY)
    save(host, "entwurf", series="reihe", starts_at=now + DAY, status="draft")
    client = host.client()
    with statements(host) as seen:
        response = client.get("/stadtlabor/de/series/reihe/")
    assert len(seen) <= 4
    positions = [response.text.find(f"/events/{slug}/") for slug in ("neu", "alt")]
    assert 0 < positions[0] < positions[1]
    assert "/events/fremd/" not in response.text
    assert "/events/entwurf/" not in response.text
    assert client.get("/stadtlabor/de/series/fehlt/").status_code == 404


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("asked", "language"),
    [("en-GB,en;q=0.9", "en"), ("de-AT", "de"), ("fr", "de"), ("", "de"), ("fr,en;q=0.3", "en")],
)
def test_the_front_door_leads_to_the_visitors_language(
    host: Host, asked: str, language: str
) -> None:
    """302 without a cookie; a cache keeps the languages apart."""
    response = host.client().get("/stadtlabor/", headers={"Accept-Language": asked})
    assert (response.status_code, response.location) == (302, f"/stadtlabor/{language}/")
    assert "Accept-Language" in response.headers["Vary"]
    assert "Set-Cookie" not in response.headers


@pytest.mark.one_database
def test_the_front_door_stays_within_the_application_root(host: Host) -> None:
    response = host.client().get("/stadtlabor/", environ_overrides={"SCRIPT_NAME": "/portal"})
    assert response.location == "/portal/stadtlabor/de/"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("path", "calendar"),
    [("", "calendar.ics"), ("series/reihe/", "series/reihe/calendar.ics")],
)
def test_a_calendar_is_offered_to_subscribe_to_and_to_download_once(
    host: Host, path: str, calendar: str
) -> None:
    """With an address to copy, where no program opens."""
    host.load(exchange(event(series="reihe"), series=[series("reihe")]))
    page = BeautifulSoup(host.client().get(f"/stadtlabor/de/{path}").text, "html.parser")
    address = f"{BASE_URL}/stadtlabor/de/{calendar}"
    ways = page.select_one(".sl-subscribe")
    assert ways is not None
    assert ways.select_one("a[href^='webcal:']")["href"] == address.replace("https:", "webcal:")
    assert ways.select_one("input[readonly]")["value"] == address
    assert ways.select_one(f"a[href='/stadtlabor/de/{calendar}']") is not None
    for words in ("kommen dann von selbst dazu", "einmal herunterladen"):
        assert words in ways.get_text()

"""The event page: what it shows to whom, its structured data, and how many statements it takes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from flask_stadtlabor.consent.texts.content import TextContent
from flask_stadtlabor.consent.texts.publishing import publish_text
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import Image, Organiser, ProgrammeItem, Venue
from flask_stadtlabor.ports import Actor
from tests.events.desk import HALL, START, save, statements
from tests.factories import event, exchange, open_event, person, series
from tests.forms import fill
from tests.host import BASE_URL, Host

DAY = timedelta(days=1)
PAGE = "/stadtlabor/de/events/plattform/"
SCHEMA = "https://schema.org/"


def data(host: Host, path: str = PAGE) -> dict[str, Any]:
    soup = BeautifulSoup(host.client().get(path).text, "html.parser")
    (block,) = soup.select("script[type='application/ld+json']")
    found: dict[str, Any] = json.loads(block.string or "")
    return found


def notice(host: Host, *slugs: str, mode: str = "notice") -> None:
    with host.app.app_context():
        for slug in slugs:
            content = TextContent(
                mode=mode,
                title=LocalizedText({"de": f"Titel {slug}", "en": f"Title {slug}"}),
                text=LocalizedText({"de": f"Hinweis {slug}", "en": f"Notice {slug}"}),
            )
            publish_text(slug, content, published_by="test")
        host.db.session.commit()


def test_the_page_takes_at_most_four_statements_whatever_it_holds(host: Host) -> None:
    notice(host, "film", "foto", "ton")
    notice(host, "zeitung", mode="consent")
    save(
        host,
        series="reihe",
        projects=tuple(f"projekt-{number}" for number in range(12)),
        purposes=("film", "foto", "ton", "zeitung"),
        programme=tuple(
            ProgrammeItem(starts_at=f"{hour}:00", title=LocalizedText(f"Punkt {hour}"))
            for hour in range(17, 23)
        ),
        organisers=tuple(Organiser(name=LocalizedText(f"Amt {n}")) for n in range(5)),
        takes_registrations=True,
        capacity=30,
    )
    for number in range(15):
        save(host, f"weitere-{number}", series="reihe", starts_at=START + number * DAY)
    client = host.client()
    with statements(host) as seen:
        response = client.get(PAGE)
    assert response.status_code == 200
    assert len(seen) <= 4, seen
    for words in ("Projekt-11", "Hinweis ton", "Punkt 22", "weitere-5"):
        assert words.lower() in response.text.lower()


@pytest.mark.one_database
def test_a_notice_is_shown_and_a_consent_is_not(host: Host) -> None:
    """C1: consent is asked for in the form alone."""
    notice(host, "film")
    notice(host, "zeitung", mode="consent")
    save(host, purposes=("film", "zeitung"))
    page = host.client().get(PAGE).text
    assert "Hinweis film" in page
    assert "Hinweis zeitung" not in page


@pytest.mark.one_database
def test_other_dates_are_the_next_ones_of_the_series(host: Host) -> None:
    now = host.clock.now
    save(host, series="reihe", starts_at=now + 2 * DAY)
    save(host, "frueher", series="reihe", starts_at=now - DAY)
    save(host, "naechste", series="reihe", starts_at=now + DAY)
    save(host, "entwurf", series="reihe", starts_at=now + DAY, status="draft")
    save(host, "fremd", series="andere", starts_at=now + DAY)
    page = host.client().get(PAGE).text
    assert "/events/naechste/" in page
    for slug in ("frueher", "entwurf", "fremd"):
        assert f"/events/{slug}/" not in page


@pytest.mark.one_database
@pytest.mark.parametrize("slug", ["fehlt", "Plattform", "plattform ", "x" * 300, "%00", "ü"])
def test_an_event_that_does_not_exist_is_our_404(host: Host, slug: str) -> None:
    save(host)
    client = host.client()
    for end in ("", "easy/", "event.ics"):
        response = client.get(f"/stadtlabor/de/events/{slug}/{end}")
        assert response.status_code == 404
        assert 'class="stadtlabor"' in response.text
        assert "ETag" not in response.headers


@pytest.mark.one_database
def test_a_draft_does_not_exist_for_strangers(host: Host) -> None:
    save(host, status="draft", easy_language=LocalizedText("Leicht"))
    for end in ("", "easy/"):
        response = host.client().get(PAGE + end)
        assert response.status_code == 404
        assert "Mitreden" not in response.text


@pytest.mark.one_database
def test_a_draft_is_shown_to_those_whom_the_policy_lets_see_it(host: Host) -> None:
    """S12."""
    asked = []

    def policy(actor: Actor | None, action: str, subject: object = None) -> bool:
        asked.append((actor, action))
        return actor is not None and actor.key == "red"

    editor, stranger = Actor("red"), Actor("gast")
    save(host, status="draft", easy_language=LocalizedText("Leicht"))
    for actor, status in ((editor, 200), (stranger, 404), (None, 404)):
        office = host.make(ports={"policy": policy, "actor": lambda actor=actor: actor})
        for end in ("", "easy/"):
            response = office.client().get(PAGE + end)
            assert response.status_code == status
            assert "no-store" in response.headers["Cache-Control"]
            assert "ETag" not in response.headers
            assert asked[-1] == (actor, "event.preview")


def test_easy_language_is_there_where_a_text_is(host: Host) -> None:
    save(host)
    assert host.client().get(PAGE + "easy/").status_code == 404
    save(host, easy_language=LocalizedText({"de": "Wir **reden** mit."}))
    response = host.client().get(PAGE + "easy/")
    assert response.status_code == 200
    assert "<strong>reden</strong>" in response.text


@pytest.mark.one_database
def test_the_head_names_the_page_in_every_language(host: Host) -> None:
    """D5."""
    save(host, image=Image(url="/static/bild.jpg", alt=LocalizedText("Ein Bild")))
    soup = BeautifulSoup(
        host.client().get("/stadtlabor/en/events/plattform/?utm_source=x").text, "html.parser"
    )
    here = f"{BASE_URL}/stadtlabor/%s/events/plattform/"
    assert [link["href"] for link in soup.select("link[rel=canonical]")] == [here % "en"]
    assert {link["hreflang"]: link["href"] for link in soup.select("link[hreflang]")} == {
        "de": here % "de", "en": here % "en", "x-default": here % "de"
    }  # fmt: skip
    graph = {tag["property"]: tag["content"] for tag in soup.select("meta[property^='og:']")}
    assert graph["og:title"] == "Have your say online"
    assert graph["og:description"].replace("\xa0", " ") == (
        "Wednesday, 22 April 2026, 17:30–19:00 · Quartiershalle, Bochum. We try it out."
    )
    assert graph["og:url"] == here % "en"
    assert graph["og:image"] == f"{BASE_URL}/static/bild.jpg"
    assert graph["og:image:alt"] == "Ein Bild"


@pytest.mark.one_database
@pytest.mark.parametrize("summary", ["Kurz gesagt.", ""])
def test_a_series_tells_other_sites_what_it_is_about(host: Host, summary: str) -> None:
    """D5: by its description where it has no summary."""
    texts = {"summary": summary, "description": "Ein **langer** Text."}
    host.load(exchange(event(series="reihe"), series=[series("reihe", **texts)]))
    soup = BeautifulSoup(host.client().get("/stadtlabor/de/series/reihe/").text, "html.parser")
    told = soup.select_one("meta[property='og:description']")
    assert told is not None
    assert told["content"] == (summary or "Ein langer Text.")


@pytest.mark.one_database
def test_structured_data_tells_what_when_where_and_for_how_much(host: Host) -> None:
    """D1."""
    event = save(
        host,
        series="reihe",
        languages=("de", "tr"),
        price=LocalizedText("kostenlos"),
        organisers=(Organiser(name=LocalizedText("Amt"), url="https://amt.example"),),
        doors_at=START - timedelta(minutes=30),
    ).event
    found = data(host)
    assert found["@context"] == "https://schema.org"
    assert found["@type"] == "Event"
    assert found["@id"] == f"urn:uuid:{event.uid}"
    assert found["name"] == "Mitreden im Netz"
    assert found["startDate"] == "2026-04-22T17:30:00+02:00"
    assert found["endDate"] == "2026-04-22T19:00:00+02:00"
    assert found["doorTime"] == "2026-04-22T17:00:00+02:00"
    assert found["eventStatus"] == SCHEMA + "EventScheduled"
    assert found["eventAttendanceMode"] == SCHEMA + "OfflineEventAttendanceMode"
    assert found["location"]["@type"] == "Place"
    assert found["location"]["address"] == {
        "@type": "PostalAddress",
        "streetAddress": "Stühmeyerstr. 33",
        "postalCode": "44787",
        "addressLocality": "Bochum",
    }
    assert found["inLanguage"] == ["de", "tr"]
    assert found["organizer"] == [
        {"@type": "Organization", "name": "Amt", "url": "https://amt.example"}
    ]
    assert (found["offers"]["price"], found["offers"]["priceCurrency"]) == (0, "EUR")
    assert found["offers"]["availability"] == SCHEMA + "InStock"
    assert found["superEvent"] == {
        "@type": "EventSeries",
        "name": "Reihe",
        "url": f"{BASE_URL}/stadtlabor/de/series/reihe/",
    }


@pytest.mark.one_database
def test_a_language_with_a_country_is_named_as_browsers_know_it(host: Host) -> None:
    """BCP 47, however the code is written in the exchange file."""
    save(host, description=LocalizedText({"pt_BR": "Bem-vindos"}), languages=("pt_BR",))
    page = BeautifulSoup(host.client().get(PAGE).text, "html.parser")
    assert [part["lang"] for part in page.select("div[lang^=pt]")] == ["pt-BR"]
    assert data(host)["inLanguage"] == ["pt-BR"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("venue", "mode", "types"),
    [
        (HALL, "Offline", ["Place"]),
        (Venue(online_url="https://raum.example/1"), "Online", ["VirtualLocation"]),
        (HALL.model_copy(update={"online_url": "https://raum.example/1"}), "Mixed",
         ["Place", "VirtualLocation"]),
        (None, "Offline", ["Place"]),
    ],
)  # fmt: skip
def test_structured_data_tells_place_or_room(
    host: Host, venue: Venue | None, mode: str, types: list[str]
) -> None:
    """D1."""
    save(host, venue=venue)
    found = data(host)
    location = found.get("location", [])
    places = location if isinstance(location, list) else [location]
    assert found["eventAttendanceMode"] == f"{SCHEMA}{mode}EventAttendanceMode"
    assert [place["@type"] for place in places] == types


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("status", "schema"), [("cancelled", "EventCancelled"), ("postponed", "EventPostponed")]
)
def test_an_event_that_does_not_take_place_keeps_its_start(
    host: Host, status: str, schema: str
) -> None:
    """D1."""
    save(host)
    save(host, status=status)
    found = data(host)
    assert found["eventStatus"] == SCHEMA + schema
    assert found["startDate"] == "2026-04-22T17:30:00+02:00"
    assert "previousStartDate" not in found
    assert found["offers"]["availability"] == SCHEMA + "OutOfStock"


@pytest.mark.one_database
def test_a_moved_event_tells_its_former_start(host: Host) -> None:
    """D1."""
    save(host)
    save(host, starts_at=START + DAY)
    found = data(host)
    assert found["eventStatus"] == SCHEMA + "EventRescheduled"
    assert found["previousStartDate"] == "2026-04-22T17:30:00+02:00"
    assert found["startDate"] == "2026-04-23T17:30:00+02:00"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "availability"),
    [
        ({"capacity": 30}, "InStock"),
        ({"opens_at": START - DAY}, "PreOrder"),
        ({"capacity": 0}, "SoldOut"),
        ({"capacity": 0, "waiting_list": False}, "SoldOut"),
        ({"closes_at": START - 80 * DAY}, "OutOfStock"),
    ],
)
def test_structured_data_tells_whether_there_are_seats(
    host: Host, values: dict[str, Any], availability: str
) -> None:
    """D1."""
    save(host, takes_registrations=True, **values)
    assert data(host)["offers"]["availability"] == SCHEMA + availability


@pytest.mark.one_database
@pytest.mark.parametrize(
    "title",
    ["</script><script>alert(1)</script>", "<!--<script>", '"],"x":["', "a & b", "\u2028", "\\"],
)
def test_no_title_leaves_the_data_block(host: Host, title: str) -> None:
    """S9, D1."""
    save(host, title=LocalizedText(title), topic=LocalizedText(title))
    response = host.client().get(PAGE)
    block = response.text.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert not set("<>&\u2028") & set(block)
    assert json.loads(block)["name"] == title
    assert "<script>alert" not in response.text
    assert "<!--<script>" not in response.text


@pytest.mark.one_database
def test_a_picture_of_another_site_is_linked_and_not_fetched(host: Host) -> None:
    """No page of ours makes a browser ask another host."""
    save(host, "nah", image=Image(url="/static/halle.jpg", alt=LocalizedText("Die Halle")))
    save(host, "fern", image=Image(url="https://bilder.example/halle.jpg"))
    near = BeautifulSoup(host.client().get("/stadtlabor/de/events/nah/").text, "html.parser")
    far = BeautifulSoup(host.client().get("/stadtlabor/de/events/fern/").text, "html.parser")
    assert [img["src"] for img in near.select("img")] == ["/static/halle.jpg"]
    assert far.select("img") == []
    assert far.select('a[href="https://bilder.example/halle.jpg"]')


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("price", "shown", "is_free"),
    [
        ({}, None, None),
        ({"de": "Kostenlos", "en": "Free of charge"}, "Kostenlos", True),
        ({"de": "Eintritt frei!"}, "Eintritt frei!", True),
        ({"de": "5 €, ermäßigt 3 €", "en": "5 €"}, "5 €, ermäßigt 3 €", None),
    ],
)
def test_a_price_is_told_only_where_the_event_says_one(
    host: Host, price: dict[str, str], shown: str | None, is_free: bool | None
) -> None:
    """D1: also to search engines, which are told 0 only where the words mean it."""
    host.load(exchange(event(price=price)))
    facts = BeautifulSoup(host.client().get(PAGE).text, "html.parser").select(".sl-panel dl > div")
    told = {fact.dt.get_text(): fact.dd.get_text(" ").strip() for fact in facts}
    assert told.get("Preis") == shown
    found = data(host)
    assert found.get("isAccessibleForFree") is is_free
    assert found["offers"].get("price") == (0 if is_free else None)
    assert found["offers"].get("description") == shown
    assert found["offers"]["availability"] == SCHEMA + "InStock"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("country", "code"),
    [
        ({"de": "Deutschland", "en": "Germany"}, "DE"), ("Deutschland", "DE"), ("DE", "DE"),
        ({"tr": "Almanya"}, "DE"), ({"en": "Great Britain"}, "Great Britain"), ({}, None),
    ],
)  # fmt: skip
def test_search_engines_get_the_code_of_a_country_that_has_one(
    host: Host, country: Any, code: str | None
) -> None:
    """D1: by any language's name for it."""
    save(host, venue=HALL.model_copy(update={"country": LocalizedText(country)}))
    assert data(host)["location"]["address"].get("addressCountry") == code


@pytest.mark.one_database
def test_search_engines_get_a_name_for_every_place_and_those_who_speak(host: Host) -> None:
    """D1."""
    item = ProgrammeItem(
        starts_at="17:40",
        title=LocalizedText("Podium"),
        speakers=(LocalizedText("Ada Brandt"), LocalizedText("Can Öz")),
    )
    save(host, venue=Venue(city=LocalizedText("Bochum")), programme=(item, item))
    found = data(host)
    assert found["location"]["name"] == "Bochum"
    assert [(one["@type"], one["name"]) for one in found["performer"]] == [
        ("Person", "Ada Brandt"), ("Person", "Can Öz"),
    ]  # fmt: skip
    save(host, venue=None)
    assert data(host)["location"] == {"@type": "Place", "name": "Der Ort steht noch nicht fest"}


@pytest.mark.one_database
def test_an_event_elsewhere_names_its_zone_on_page_feed_and_mail(host: Host) -> None:
    place = {"timezone": "America/New_York", "registration": {"confirm_by_email": False}}
    host.load(exchange(open_event(**place)))
    line = "17:30–19:00 Uhr (Ortszeit in New York)"
    client = host.client()
    fill(client, PAGE + "register", person())
    mail = host.mails()[-1].get_body(("plain",)).get_content()
    feed = client.get("/stadtlabor/de/feed.atom").text
    shown = BeautifulSoup(client.get(PAGE).text, "html.parser").get_text()
    for text in (shown, feed, mail):
        assert line in text.replace("\xa0", " ")


@pytest.mark.one_database
def test_an_event_of_several_days_says_until_which_day_it_runs(host: Host) -> None:
    host.load(exchange(event(starts_at="2026-03-01T18:00", ends_at="2026-03-04T17:00")))
    timer = BeautifulSoup(host.client().get(PAGE).text, "html.parser").select_one(".sl-countdown")
    assert "noch bis Mittwoch, 4. März 2026, 17:00 Uhr" in timer.get_text().replace("\xa0", " ")
    feed = host.client().get("/stadtlabor/de/feed.atom").text.replace("\xa0", " ")
    assert feed.count("1. März 2026") == 1

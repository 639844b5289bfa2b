"""The pages of projects: where each stands, what comes next, what the city promised."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.events.desk import statements
from tests.factories import event, exchange, phase, project
from tests.forms import page
from tests.host import Host

HERE = "/stadtlabor/de/projects/"
PAGE = f"{HERE}marktplatz/"


def load(host: Host, *projects: dict[str, Any], **changes: Any) -> None:
    """These projects, and an event that shows them all."""
    shown = [each["slug"] for each in projects]
    host.load(exchange(event(projects=shown, **changes), projects=list(projects)))


def soup(host: Host, path: str = PAGE) -> BeautifulSoup:
    response = host.client().get(path)
    assert response.status_code == 200
    return page(response)


def words(host: Host, path: str = PAGE) -> str:
    """The visible words of a page."""
    main = soup(host, path).select_one(".stadtlabor")
    assert main is not None
    return " ".join(main.get_text(" ").split())


@pytest.mark.one_database
def test_a_page_says_where_the_project_stands_and_what_comes_next(host: Host) -> None:
    promise = {
        "de": "Der Rat entscheidet bis **Juni**.",
        "en": "The council decides by **June**.",
    }
    load(host, project(promise=promise))
    told = words(host)
    assert "Du kannst jetzt Ideen schreiben" in told
    assert "Diese Phase läuft bis Mittwoch, 1. April 2026, 00:00 Uhr." in told.replace("\xa0", " ")
    coming = "„Diskutieren“ beginnt am Freitag, 10. April 2026, 08:00 Uhr."
    assert coming in told.replace("\xa0", " ")
    assert "Der Rat entscheidet bis Juni ." in told
    english = words(host, PAGE.replace("/de/", "/en/"))
    assert "You can write ideas now" in english
    assert "The council decides by June ." in english


@pytest.mark.one_database
def test_each_phase_stands_on_the_way_and_the_current_one_is_marked(host: Host) -> None:
    titled = {**phase("ideen", "ideas", "2026-03-01T00:00"), "title": {"de": "Eure Wünsche"}}
    before = phase("lesen", "inform", "2026-02-01T00:00", "2026-03-01T00:00")
    load(host, project(phases=[titled, before]))
    stops = soup(host).select(".sl-phases > li")
    assert [stop["id"] for stop in stops] == ["phase-lesen", "phase-ideen"]
    assert [stop.get("aria-current") for stop in stops] == [None, "step"]
    assert "Informieren" in stops[0].get_text()
    assert "Vorbei" in stops[0].get_text()
    assert "Eure Wünsche" in stops[1].get_text()
    assert "Ideen sammeln" in stops[1].get_text()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("at", "said"),
    [
        ({"days": -10}, "Dieses Projekt hat noch nicht begonnen."),
        ({}, "Du kannst jetzt Ideen schreiben"),
        ({"days": 33}, "Eine Phase ist vorbei, die nächste kommt noch."),
        ({"days": 50}, "Du kannst jetzt mitdiskutieren"),
        ({"days": 70}, "Dieses Projekt ist abgeschlossen."),
    ],
)
def test_time_alone_changes_what_is_said(host: Host, at: dict[str, int], said: str) -> None:
    load(host, project())
    host.clock.move(**at)
    assert said in words(host)


@pytest.mark.one_database
def test_an_event_leads_to_its_project_and_the_project_to_its_events(host: Host) -> None:
    load(host, project())
    host.load(exchange(event("entwurf", status="draft", projects=["marktplatz"])))
    shown = soup(host, "/stadtlabor/de/events/plattform/")
    assert shown.select_one(f".sl-projects a[href='{PAGE}']") is not None
    events = [link["href"] for link in soup(host).select("#sl-dates ~ div a")]
    assert events == ["/stadtlabor/de/events/plattform/"]
    host.clock.move(days=60)
    assert "Im Moment ist dazu kein Termin geplant." in words(host)
    assert "Mitreden im Netz" in words(host)


@pytest.mark.one_database
def test_what_is_open_comes_first_in_the_list(host: Host) -> None:
    """Then what begins next, what says nothing of its time, and what is over, latest on top."""
    windows = {
        "a-lange-vorbei": ("ideas", "2025-01-01T00:00", "2025-02-01T00:00"),
        "c-vorbei": ("ideas", "2026-01-01T00:00", "2026-02-01T00:00"),
        "d-spaeter": ("ideas", "2026-08-01T00:00"),
        "e-bald": ("ideas", "2026-07-01T00:00"),
        "f-lesen": ("inform", "2026-01-01T00:00"),
        "g-lange-offen": ("vote", "2026-01-01T00:00", "2026-09-01T00:00"),
        "h-offen": ("ideas", "2026-01-01T00:00", "2026-04-01T00:00"),
    }
    dated = [project(slug, phases=[phase("p", *window)]) for slug, window in windows.items()]
    load(host, project("b-ohne", phases=[]), *dated)
    found = soup(host, HERE)
    links = [link["href"].split("/")[-2] for link in found.select(".sl-entry-title a")]
    assert links == [
        "h-offen", "g-lange-offen", "f-lesen", "e-bald", "d-spaeter", "b-ohne", "c-vorbei",
        "a-lange-vorbei",
    ]  # fmt: skip
    headings = [heading.get_text() for heading in found.select(".sl-project-group h2")]
    assert headings == [
        "Läuft gerade", "Demnächst", "Weitere Projekte", "Abgeschlossene Projekte",
    ]  # fmt: skip


@pytest.mark.one_database
def test_an_empty_list_says_where_to_go(host: Host) -> None:
    told = words(host, HERE)
    assert "Noch gibt es kein Projekt" in told
    assert soup(host, HERE).select_one("a.sl-more[href='/stadtlabor/de/']") is not None
    # and the list of events does not lead to it
    assert soup(host, "/stadtlabor/de/").select_one(f"a[href='{HERE}']") is None


@pytest.mark.one_database
def test_the_list_of_events_leads_to_the_projects(host: Host) -> None:
    load(host, project())
    assert soup(host, "/stadtlabor/de/").select_one(f"a[href='{HERE}']") is not None


@pytest.mark.one_database
def test_the_list_leads_back_to_what_somebody_takes_part_in(host: Host) -> None:
    """Whoever has no account finds it nowhere else once the mail with the link is lost."""
    host.load(exchange(projects=[project()]))
    seen = page(host.client().get("/stadtlabor/de/projects/"))
    link = seen.find("a", string="Meine Beteiligung")
    assert link is not None
    refused = host.client().get(str(link["href"]))
    assert page(refused).select_one("a[href='/stadtlabor/de/me/link']") is not None


def test_a_search_finds_projects_beside_events(host: Host) -> None:
    """In any language and spelling, and in none of its own where nothing fits."""
    load(host, project(description={"de": "Mit **Bäumen** und Brunnen"}), project("anderes"))
    for query in ("marktplatz brunnen", "Baeumen", "market SQUARE brunnen"):
        found = soup(host, f"/stadtlabor/de/?q={query}")
        links = [link["href"] for link in found.select(".sl-project-list a")]
        assert links == [PAGE], query
    assert not soup(host, "/stadtlabor/de/?q=schwimmbad").select(".sl-project-list")


@pytest.mark.one_database
def test_many_projects_come_in_pages(host: Host) -> None:
    host.load(exchange(projects=[project(f"projekt-{number}") for number in range(45)]))
    seen: list[str] = []
    path: str | None = HERE
    while path:
        found = soup(host, path)
        seen += [link["href"] for link in found.select(".sl-entry-title a")]
        link = found.select_one("a[rel='next']")
        path = str(link["href"]) if link else None
    assert len(seen) == len(set(seen)) == 45
    last = [link["href"] for link in soup(host, f"{HERE}?page=99").select(".sl-entry-title a")]
    assert last == seen[-5:]


@pytest.mark.one_database
@pytest.mark.parametrize("slug", ["fehlt", "%00", "x" * 200])
def test_what_is_no_project_is_not_there(host: Host, slug: str) -> None:
    assert host.client().get(f"{HERE}{slug}/").status_code == 404


def test_the_pages_take_the_same_few_statements_whatever_they_hold(host: Host) -> None:
    """Two for the list and two for a page, made anew; one where it is kept (D5)."""
    counts = []
    for number in (1, 30):
        many = [project(f"projekt-{each}") for each in range(number)]
        load(host, project(), *many)
        # which keeps nothing yet
        portal = host.make()
        for path in (HERE, PAGE):
            with statements(portal) as seen:
                portal.client().get(path)
            counts.append(len(seen))
            with statements(portal) as again:
                portal.client().get(path)
            assert len(again) == 1, again
    assert counts == [2, 2, 2, 2]


def test_an_event_page_with_a_project_takes_no_more_statements(host: Host) -> None:
    """It only links there, and says nothing of it that time changes."""
    counts = []
    for shown in ([], ["marktplatz"]):
        host.load(exchange(event(projects=shown), projects=[project()]))
        portal = host.make()
        with statements(portal) as seen:
            portal.client().get("/stadtlabor/de/events/plattform/")
        counts.append(len(seen))
        with statements(portal) as again:
            portal.client().get("/stadtlabor/de/events/plattform/")
        assert len(again) == 1
    assert counts[0] == counts[1]


@pytest.mark.one_database
@pytest.mark.parametrize("path", [HERE, PAGE, "/stadtlabor/de/feed.atom"])
def test_a_kept_page_changes_at_the_second_in_which_a_phase_ends(host: Host, path: str) -> None:
    """D5: its tag too, so that nobody is shown that they can still write."""
    load(host, project())
    first = host.client().get(path)
    host.clock.move(days=29, hours=12, minutes=59, seconds=59)
    assert host.client().get(path).headers["ETag"] == first.headers["ETag"]
    host.clock.move(seconds=1)
    then = host.client().get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert then.status_code == 200
    assert then.text != first.text


@pytest.mark.one_database
def test_a_change_is_seen_at_once_and_needs_no_cookie(host: Host) -> None:
    load(host, project())
    first = host.client().get(PAGE)
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"].startswith("public")
    load(host, project(title="Anders"))
    assert "Anders" in words(host)


@pytest.mark.one_database
def test_nothing_that_staff_writes_breaks_out_of_the_page(host: Host) -> None:
    """S9."""
    evil = "<script>alert(1)</script>"
    phases = [{**phase("p", "ideas", "2026-03-01T00:00"), "title": evil, "text": evil}]
    load(host, project(title=evil, summary=evil, status=evil, promise=evil, phases=phases))
    for path in (HERE, PAGE, "/stadtlabor/de/?q=alert"):
        assert "<script>alert" not in host.client().get(path).text


@pytest.mark.one_database
def test_search_engines_are_led_to_it(host: Host) -> None:
    """D5: canonical, languages, and the sitemap."""
    load(host, project())
    head = soup(host)
    assert head.select_one("link[rel='canonical']")["href"].endswith(PAGE)
    codes = [link["hreflang"] for link in head.select("link[rel='alternate'][hreflang]")]
    assert codes == ["de", "en", "x-default"]
    assert head.select_one("meta[name='robots']") is None
    said = head.select_one("meta[name='description']")["content"]
    assert said.startswith("Du kannst jetzt Ideen schreiben")

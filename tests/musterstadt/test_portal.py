"""The portal's own pages, and the Stadtlabor within them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from flask_migrate.cli import db as flask_migrate
from playwright.sync_api import Browser
from sqlalchemy import event

import example_app
import flask_stadtlabor
from example_app.extensions import db
from tests.browser.test_valid_html import Folder
from tests.browser.visit import check, visit
from tests.forms import fill, page, typed_into
from tests.musterstadt.test_accounts import sign_in
from tests.musterstadt.test_mails import open_mail

OWN_PAGES = (
    "/", "/news/", "/news/heizen-mit-abwasser/", "/imprint/", "/privacy/", "/accessibility/",
    "/barrier/", "/barrier/thanks/", "/sign-in/", "/mails/",
)  # fmt: skip
REAL_EVENT = "/events/stadtlabor-zu-besuch-2023-04-19/"


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("path", OWN_PAGES)
def test_own_pages_speak_the_language_of_their_path(
    portal: Flask, language: str, path: str
) -> None:
    """A8, S10: the page says its language and comes with the portal's strict headers."""
    answer = portal.test_client().get(f"/{language}{path}")
    assert answer.status_code == 200
    html = page(answer).html
    assert html is not None
    assert html["lang"] == language
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if not path.startswith(("/sign-in", "/barrier/")):
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("path", "name"),
    [("", "Termine"), ("projects/", "Mitmachen"), ("rules", "Mitmachen"), ("me/", "Mitmachen")],
)
def test_the_menu_says_where_somebody_is(portal: Flask, path: str, name: str) -> None:
    seen = page(portal.test_client().get(f"/stadtlabor/de/{path}"))
    assert [link.text.strip() for link in seen.select("header nav a[aria-current]")][-1:] == [name]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("", "Termine"),
        ("moderation/", "Mitmachen"),
        ("ideas/", "Mitmachen"),
        ("ideas/1/merge", "Mitmachen"),
        ("answers/", "Mitmachen"),
    ],
)
def test_so_it_does_in_the_back_office(portal: Flask, path: str, name: str) -> None:
    staff = portal.test_client()
    sign_in(staff, "otto@musterstadt.example", "organisator")
    seen = page(staff.get(f"/stadtlabor/de/organise/{path}"))
    assert [link.text.strip() for link in seen.select("header nav a[aria-current=true]")] == [name]


def test_whoever_writes_an_idea_finds_where_to_sign_in_and_that_nobody_has_to(
    portal: Flask,
) -> None:
    client = portal.test_client()
    new = client.get("/stadtlabor/de/projects/sichere-schulwege/ideas/new")
    ways = page(new).select("main a[href*=sign-in]")
    assert len(ways) == 1
    assert "zum Mitmachen in Projekten brauchst du kein Konto" in client.get(ways[0]["href"]).text


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("path", ["/", REAL_EVENT, "/series/stadtlabor-zu-besuch/"])
def test_a_stranger_gets_a_page_that_can_be_cached(portal: Flask, language: str, path: str) -> None:
    """D5: the portal's layout opens no session for somebody without a cookie."""
    client = portal.test_client()
    answer = client.get(f"/stadtlabor/{language}{path}")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = client.get(
        f"/stadtlabor/{language}{path}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_the_layout_around_an_event_speaks_the_events_language(portal: Flask) -> None:
    """The portal's own selector would say German here; the path says English."""
    answer = portal.test_client().get(
        f"/stadtlabor/en{REAL_EVENT}", headers={"Accept-Language": "de"}
    )
    assert "Sign in" in answer.text
    assert "Einloggen" not in answer.text


def test_a_word_that_both_catalogs_have_keeps_both_meanings(portal: Flask) -> None:
    """„Programme“ is the list of dates to the portal, and the course of an evening to us."""
    theirs = _catalog(Path(example_app.__file__), "messages")["Programme"].string
    ours = _catalog(Path(flask_stadtlabor.__file__), "stadtlabor")["Programme"].string
    assert theirs
    assert ours
    assert theirs != ours
    event = page(portal.test_client().get(f"/stadtlabor/de{REAL_EVENT}"))
    assert theirs in [link.get_text(strip=True) for link in event.select("header nav a")]
    headings = [heading.get_text(strip=True) for heading in event.select("main h2")]
    assert ours in headings
    assert theirs not in headings


def _catalog(module: Path, domain: str) -> Catalog:
    path = module.parent / f"translations/de/LC_MESSAGES/{domain}.po"
    with path.open("rb") as source:
        return read_po(source, locale="de")


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_portals_catalogs_are_complete(language: str) -> None:
    folder = Path(example_app.__file__).parent
    with (folder / f"translations/{language}/LC_MESSAGES/messages.po").open("rb") as source:
        catalog = read_po(source, locale=language)
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    keywords = {"_": None, "gettext": None, "lazy_gettext": None}
    found = {message for _, _, message, *_ in extract_from_dir(folder, methods, keywords=keywords)}
    assert found == {message.id for message in catalog if message.id and message.string}


@pytest.mark.parametrize("path", ["/de/news/", "/de/barrier/", f"/stadtlabor/de{REAL_EVENT}"])
def test_the_language_switch_stays_on_the_page(portal: Flask, path: str) -> None:
    """A8: native names, the same page, and nothing smuggled in through the query (S11)."""
    switch = page(portal.test_client().get(f"{path}?_external=1&_scheme=evil")).select(
        "header a[hreflang]"
    )
    assert [(link.get_text(), link["href"]) for link in switch] == [
        ("Deutsch", path),
        ("English", path.replace("/de/", "/en/", 1)),
    ]


def test_each_search_of_a_page_has_a_name_of_its_own(portal: Flask) -> None:
    """WCAG 2.4.6: the portal's own in the header, and that of the list."""
    found = page(portal.test_client().get("/stadtlabor/en/")).select("[role=search]")
    names = [form.get("aria-label") for form in found]
    assert names == ["Search the programme", "Search and filter the events"]


def test_a_language_switch_of_the_portal_s_own_keeps_what_was_typed(portal: Flask) -> None:
    """Its header draws the way to each language with our macro."""
    form = "/stadtlabor/de/registration/send-link"
    answer = fill(portal.test_client(), form, {"email": "nicht richtig"}, action="/send-link")
    assert answer.status_code == 422
    button = page(answer).select_one("header button[lang=en]")
    assert button is not None
    assert button["formaction"] == form.replace("/de/", "/en/")
    (switch,) = page(answer).select(f"form#{button['form']}")
    fields = typed_into(switch, {"stadtlabor-language": "en"})
    shown = portal.test_client().post(str(button["formaction"]), data=fields)
    assert page(shown).select("[name=email][value='nicht richtig']")


def test_the_header_finds_events(portal: Flask) -> None:
    form = page(portal.test_client().get("/de/")).select_one("form[role=search]")
    assert form is not None
    found = portal.test_client().get(str(form["action"]), query_string={"q": "löten"})
    assert "Ein Sensor für den Balkon" in found.text
    assert "Rathaus ohne Warten" not in found.text


def test_short_addresses_keep_the_language_of_the_page_that_led_there(portal: Flask) -> None:
    """``STADTLABOR_PRIVACY_URL`` is one address for all languages."""
    client = portal.test_client()
    assert client.get("/privacy", headers={"Accept-Language": "en"}).location == "/en/privacy/"
    from_event = {
        "Accept-Language": "en",
        "Referer": f"http://localhost/stadtlabor/de{REAL_EVENT}",
    }
    assert client.get("/privacy", headers=from_event).location == "/de/privacy/"
    from_elsewhere = {"Accept-Language": "en", "Referer": "https://other.example/de/"}
    assert client.get("/privacy", headers=from_elsewhere).location == "/en/privacy/"


def test_the_footer_links_what_the_law_asks_for(portal: Flask) -> None:
    """A3: imprint, privacy, accessibility and a way to report barriers, on event pages too."""
    links = page(portal.test_client().get(f"/stadtlabor/en{REAL_EVENT}")).select("footer nav a")
    assert [link["href"] for link in links] == [
        "/en/imprint/", "/en/privacy/", "/en/accessibility/", "/en/barrier/",
    ]  # fmt: skip


def test_an_unknown_address_is_the_portals_own_404(portal: Flask) -> None:
    answer = portal.test_client().get("/stadtlabor/fr/")
    assert answer.status_code == 404
    assert "Diese Straße gibt es nicht" in answer.text


def test_a_form_with_too_many_parts_gets_the_portals_own_page(portal: Flask) -> None:
    parts = {f"field{number}": "x" for number in range(1100)}
    kind = "multipart/form-data"
    answer = portal.test_client().post("/de/barrier/", data=parts, content_type=kind)
    assert answer.status_code == 413
    assert "Musterstadt" in answer.text


def test_a_reported_barrier_reaches_the_organisers(portal: Flask) -> None:
    assert fill(portal.test_client(), "/de/barrier/").status_code == 422
    words = "Der Knopf <b>fehlt</b>."
    assert fill(portal.test_client(), "/de/barrier/", description=words).status_code == 303
    organiser, citizen = portal.test_client(), portal.test_client()
    sign_in(organiser, "otto@musterstadt.example", "organisator")
    sign_in(citizen, "bea@musterstadt.example", "buergerin")
    assert words in page(organiser.get("/de/account/")).get_text()
    assert words not in page(citizen.get("/de/account/")).get_text()


def test_the_portals_migrations_make_its_tables_and_leave_ours_alone(portal: Flask) -> None:
    """``flask db check``: nothing is left to migrate, with our tables beside the portal's."""
    checked = portal.test_cli_runner().invoke(flask_migrate, ["check"])
    assert checked.exit_code == 0, checked.output


@pytest.mark.needs("browser")
@pytest.mark.parametrize("language", ["de", "en"])
def test_no_page_shuts_anybody_out(browser: Browser, address: str, language: str) -> None:
    """A1, A6 on the portal's own pages, and S10: the browser has nothing to complain about."""
    with visit(browser, address, language) as visitor:
        for path in OWN_PAGES:
            visitor.goto(f"/{language}{path}")
            check(visitor)
        visitor.goto(f"/{language}/mails/")
        visitor.locator(".mails a").first.click()
        check(visitor)
        visitor.goto(f"/{language}/barrier/")
        visitor.locator("main form button").click()
        assert re.match("Fehler:|Error:", visitor.title())
        check(visitor)


@pytest.mark.needs("Nu checker")
def test_every_page_is_valid(portal: Flask, tmp_path: Path) -> None:
    """A9: the portal's own pages and the Stadtlabor's within them, errors included."""
    folder = Folder(tmp_path / "pages")
    client = portal.test_client()
    for language in ("de", "en"):
        for path in (*OWN_PAGES, "/nothing/"):
            folder.keep(client.get(f"/{language}{path}"))
        folder.keep(fill(client, f"/{language}/barrier/"))
        folder.keep(client.get(open_mail(portal, "")))
        for path in ("/", REAL_EVENT, "/series/stadtlabor-zu-besuch/"):
            folder.keep(client.get(f"/stadtlabor/{language}{path}"))
    assert folder.faults() == []


SIXTY_KB = 60_000


@pytest.mark.parametrize("language", ["de", "en"])
def test_an_event_page_is_light(portal: Flask, language: str) -> None:
    """HTML, style sheets and scripts together, the portal's own included."""
    browser = portal.test_client()
    listed = browser.get(f"/stadtlabor/{language}/").text
    events = set(re.findall(rf"/stadtlabor/{language}/events/[\w-]+/(?=\")", listed))
    assert len(events) >= 8
    for path in events:
        shown = browser.get(path)
        parts = [
            str(tag.get("src") or tag["href"])
            for tag in page(shown).select("script[src], link[rel=stylesheet]")
        ]
        assert len(parts) >= 3
        weight = len(shown.data)
        for part in parts:
            with browser.get(part) as file:
                weight += len(file.data)
        assert weight < SIXTY_KB, path


def test_no_statement_is_given_a_character_that_no_database_keeps(portal: Flask) -> None:
    """PostgreSQL takes no NUL, wherever somebody puts it."""
    given: list[object] = []

    def hear(*arguments: Any) -> None:
        given.append(arguments[3])

    browser = portal.test_client()
    with portal.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    statuses = [
        browser.get("/de/news/%00/").status_code,
        sign_in(browser, "bea\0@musterstadt.example", "falsch\0").status_code,
        fill(browser, "/de/barrier/", description="A\0", page="B\0", email="\0").status_code,
    ]
    event.remove(engine, "before_cursor_execute", hear)
    assert statuses == [404, 422, 303]
    assert given
    assert "\\x00" not in repr(given)

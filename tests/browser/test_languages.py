"""Every page in a language with long words, and in one that runs from right to left (A1, A6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from jinja2 import DictLoader
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import URL

from flask_stadtlabor import Actor
from tests import factories
from tests.browser import gallery, office
from tests.browser.live import live_host
from tests.browser.visit import visit
from tests.host import Host
from tests.languages import pseudo

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

DIRECTIONS = {"pl": "ltr", "ar": "rtl"}
WIDTHS = {"pl": (320, 1280), "ar": (320,)}
STATES = {"pl": None, "ar": ("confirmed", "waiting")}
"""Whose pages are looked at; a direction needs fewer of them than long words do."""


@pytest.fixture
def portal(database_url: URL, tmp_path: Path) -> Iterator[Host]:
    """A portal with a server that speaks both, where everybody is of the city's staff."""
    folder = pseudo.write(tmp_path / "catalogs", *DIRECTIONS)
    ports = {"actor": lambda: Actor("staff:1", "Otto Orga"), "policy": lambda *asked: True}
    speaks = {
        "STADTLABOR_LOCALES": ["de", "en", *DIRECTIONS],
        "STADTLABOR_TRANSLATION_DIRECTORIES": [str(folder)],
    }
    with live_host(database_url, tmp_path, ports=ports, **speaks) as host:
        yield host


def too_wide(page: Page, path: str, language: str) -> list[str]:
    """What is wrong with this page's direction and widths, a line each."""
    page.goto(f"/stadtlabor/{language}/{path}")
    expect(page.locator("html")).to_have_attribute("dir", DIRECTIONS[language])
    faults = []
    for width in WIDTHS[language]:
        page.set_viewport_size({"width": width, "height": 800})
        over = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if over > 0:
            faults.append(f"{path} {width}: {over} px wider than the window")
    return faults


def carry(page: Page, client: FlaskClient, host: Host) -> None:
    """Give the browser this client's session."""
    cookie = client.get_cookie("session")
    assert cookie is not None
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": host.address}])


@pytest.mark.parametrize("language", DIRECTIONS)
def test_no_page_for_citizens_gets_wider_than_the_window(
    portal: Host, browser: Browser, language: str
) -> None:
    portal.load(gallery.content())
    with visit(browser, portal.address, language) as page:
        faults = []
        for path in gallery.PUBLIC + gallery.FORMS + gallery.LOST + gallery.ACCOUNT:
            faults += too_wide(page, path, language)
        people = gallery.people(portal, language)
        for state in STATES[language] or people:
            carry(page, people[state], portal)
            for path in [*gallery.PERSONAL, "registration/ticket"]:
                faults += too_wide(page, path, language)
    assert faults == []


def test_the_countdown_fits_before_its_script_has_named_the_units(
    portal: Host, browser: Browser
) -> None:
    """Long words of a language take no more room than the tiles have."""
    portal.load(gallery.content())
    with visit(browser, portal.address, "ar") as page:
        silent = {"body": "", "content_type": "text/javascript"}
        page.route("**/countdown.js*", lambda route: route.fulfill(**silent))
        assert too_wide(page, "events/plattform/", "ar") == []


@pytest.mark.parametrize("language", DIRECTIONS)
def test_no_page_for_staff_gets_wider_than_the_window(
    portal: Host, browser: Browser, language: str
) -> None:
    portal.load(office.content())
    found = office.people(portal)
    with visit(browser, portal.address, language) as page:
        faults = []
        for path in office.addresses(found):
            faults += too_wide(page, f"organise/{path}", language)
    assert faults == []


def test_what_reads_from_left_to_right_stays_so_on_a_page_that_does_not(
    portal: Host, browser: Browser
) -> None:
    """A telephone number would change its groups round, a postal code and its town their places."""
    portal.load(gallery.content())
    with visit(browser, portal.address, "ar") as page:
        page.goto("/stadtlabor/ar/events/plattform/")
        expect(page.locator("a[href^='tel:']")).to_have_css("direction", "ltr")
        expect(page.get_by_text("44787 Bochum")).to_have_css("direction", "ltr")
        expect(page.get_by_text("Worum es geht")).to_have_css("direction", "ltr")
        expect(page.locator("h2").first).to_have_css("direction", "rtl")


LAYOUT = """<!doctype html><html lang="en"><head><title>{% block title %}{% endblock %}</title>
{% block head %}{% endblock %}</head>
<body><main>{% block content %}{% endblock %}</main></body></html>
"""


def test_the_countdown_speaks_the_page_s_language_within_a_layout_that_does_not(
    database_url: URL, tmp_path: Path, browser: Browser
) -> None:
    """A portal may lack a language that we have: then its head is in another one."""
    with live_host(database_url, tmp_path, STADTLABOR_BASE_TEMPLATE="portal.html") as portal:
        portal.app.jinja_loader = DictLoader({"portal.html": LAYOUT})
        portal.load(factories.exchange(factories.event_in(30)))
        with visit(browser, portal.address, "de") as page:
            page.goto("/stadtlabor/de/events/plattform/")
            expect(page.locator("[data-live]")).to_be_visible()
            expect(page.locator("[data-unit=day] + *")).to_have_text(re.compile("^Tage?$"))

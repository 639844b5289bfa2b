"""Somebody who is signed in, and a stranger, in a real browser (A1, A2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import request
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import URL

from flask_stadtlabor import Actor
from tests.browser import gallery
from tests.browser.live import live_host
from tests.browser.visit import checks, visit
from tests.factories import person
from tests.host import Host
from tests.participation.people import link_in
from tests.registration.accounts import BEA

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

WORDS = {
    "de": ("Meine Beteiligung", "Mein Ticket", "Bitte logg dich ein", "Meine Links zuschicken"),
    "en": ("My participation", "My ticket", "Please sign in", "Send me my links"),
}


def actor() -> Actor | None:
    """Bea, where the browser has the cookie of her account."""
    return BEA if request.cookies.get("account") == "bea" else None


@pytest.fixture
def city(database_url: URL, tmp_path: Path) -> Iterator[Host]:
    """A portal with an account and everything to register for."""
    with live_host(database_url, tmp_path, ports={"actor": actor}) as host:
        host.load(gallery.content())
        yield host


def sign_in(page: Page, address: str) -> None:
    page.context.add_cookies([{"name": "account", "value": "bea", "url": address}])


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_from_the_filled_form_to_the_list_and_out_of_it(
    city: Host, browser: Browser, language: str, javascript: bool
) -> None:
    heading, ticket, *_ = WORDS[language]
    look = checks(language, javascript=javascript)
    start = f"/stadtlabor/{language}"
    with visit(browser, city.address, language, javascript=javascript) as page:
        sign_in(page, city.address)
        page.goto(f"{start}/me/")
        expect(page.locator("h1")).to_have_text(heading)
        expect(page.locator(".sl-empty")).to_be_visible()
        look(page)
        page.goto(f"{start}/events/schlicht/register")
        expect(page.locator("[name=given_name]")).to_have_value("Bea")
        expect(page.locator("[name=email]")).to_have_value(BEA.email)
        look(page)
        page.locator("form.sl-form button[type=submit]").click()
        expect(page).to_have_url(re.compile("/registered$"))
        look(page)
        page.get_by_role("link", name=heading).click()
        expect(page.locator(".sl-mine")).to_have_count(1)
        look(page)
        page.get_by_role("link", name=ticket).click()
        expect(page).to_have_url(re.compile("/registration/ticket$"))
        page.goto(f"{start}/me/")
        page.locator(".sl-mine h3 a").click()
        expect(page).to_have_url(re.compile("/registration/$"))
        look(page)
        page.locator("form[action$='/remove-from-account'] button").click()
        expect(page.locator("[role=status]")).to_be_focused()
        expect(page.locator(".sl-mine")).to_have_count(0)
        look(page)
        page.goto(city.link(city.mails()[-1]))
        page.locator("form[action$='/add-to-account'] button").click()
        expect(page.locator("[role=status]")).to_be_focused()
        look(page)
        page.goto(f"{start}/me/")
        expect(page.locator(".sl-mine")).to_have_count(1)
        page.context.clear_cookies(name="account")
        page.reload()
        expect(page.locator(".sl-mine")).to_have_count(0)


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_stranger_is_led_to_their_links_and_registers_as_ever(
    city: Host, browser: Browser, language: str
) -> None:
    _, _, please, links = WORDS[language]
    start = f"/stadtlabor/{language}"
    with visit(browser, city.address, language) as page:
        page.goto(f"{start}/me/")
        expect(page.locator("h1")).to_have_text(please)
        checks(language)(page)
        page.get_by_role("link", name=links).click()
        expect(page).to_have_url(re.compile("/send-link$"))
        page.goto(f"{start}/events/schlicht/register")
        expect(page.locator("[name=email]")).to_have_value("")
        for name, value in person().items():
            page.locator(f"[name={name}]").fill(value)
        page.locator("form.sl-form button[type=submit]").click()
        expect(page).to_have_url(re.compile("/registered$"))
        expect(page.locator("main a[href$='/me/']")).to_have_count(0)
        page.goto(city.link(city.mails()[-1]))
        expect(page.locator("form[action$='/add-to-account']")).to_have_count(0)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_somebody_without_an_account_opens_and_closes_their_page(
    city: Host, browser: Browser, language: str, javascript: bool
) -> None:
    heading, _, please, _ = WORDS[language]
    start = f"/stadtlabor/{language}"
    look = checks(language, javascript=javascript)
    with visit(browser, city.address, language, javascript=javascript) as page:
        page.goto(f"{start}/me/")
        expect(page.locator("h1")).to_have_text(please)
        page.locator("main a[href$='/me/link']").click()
        look(page)
        page.locator("form.sl-form button").click()
        expect(page.locator("[name=email]")).to_have_attribute("aria-invalid", "true")
        look(page)
        page.locator("[name=email]").fill("ada@example.org")
        page.locator("form.sl-form button").click()
        expect(page).to_have_url(re.compile("/me/link-sent$"))
        look(page)
        page.goto(link_in(city.mails()[-1]))
        expect(page.locator("h1")).to_have_text(heading)
        expect(page.locator("[role=status]")).to_be_focused()
        look(page)
        page.locator("main a[href$='/me/settings']").click()
        page.locator("[name=public_name]").fill("Ada")
        look(page)
        page.locator("form.sl-form button").click()
        expect(page.locator("[role=status]")).to_be_focused()
        page.locator("main a[href$='/me/erase']").click()
        look(page)
        page.go_back()
        page.locator("form[action$='/me/close'] button").click()
        expect(page).to_have_url(re.compile("/me/link"))
        look(page)
        page.goto(f"{start}/me/")
        expect(page.locator("h1")).to_have_text(please)

"""The whole way in a real browser, with and without JavaScript, in both languages (A2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.browser import gallery
from tests.browser.keys import Keys
from tests.browser.visit import checks, visit
from tests.host import Host

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

WRONG = {"de": "Fehler:", "en": "Error:"}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_from_the_list_to_cancelling(
    live: Host, browser: Browser, language: str, javascript: bool
) -> None:
    """C2, C10, A1, A4: errors first, then all the way; each step is checked as it stands."""
    live.load(gallery.content())
    with visit(browser, live.address, language, javascript=javascript) as page:
        walk(page, live, language, checks(language, javascript=javascript))


def walk(page: Page, live: Host, language: str, look: Callable[[Page], None]) -> None:
    """Register with mistakes, then correctly; confirm, withdraw a consent, cancel."""
    page.goto("/stadtlabor/")
    assert urlsplit(page.url).path == f"/stadtlabor/{language}/"
    look(page)
    page.locator("main a[href$='/events/plattform/']").first.click()
    expect(page).to_have_url(re.compile(r"/events/plattform/$"))
    look(page)

    page.locator("a[data-stadtlabor-register]:visible").first.click()
    form = page.locator("form.sl-form")
    expect(form.locator("[name=email]")).to_be_visible()
    assert page.locator("input[type=radio]:checked").count() == 0
    look(page)
    form.locator("button[type=submit]").click()

    expect(page.locator("[role=alert]")).to_be_visible()
    assert page.title().startswith(WRONG[language])
    expect(page.locator(".sl-errors")).to_be_focused()
    look(page)
    page.locator("[role=alert] a").first.click()
    expect(page.locator("[name=given_name]")).to_be_focused()

    for name in ("given_name", "family_name", "email"):
        page.fill(f"[name={name}]", factories.person()[name])
    page.check("[name=question-essen][value=a]")
    page.check("[name=consent-photos-website][value=given]")
    page.locator("form.sl-form button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/events/plattform/registered$"))
    expect(page.locator("main")).to_contain_text(factories.person()["email"])
    look(page)

    live.mails()
    page.goto(live.link(live.sent[-1]))
    expect(page).to_have_url(re.compile(rf"/{language}/registration/$"))
    look(page)
    press(page, "confirm")
    assert live.scalar(select(Registration.state)) == "confirmed"
    look(page)
    press(page, "consents/photos-website/withdraw")
    assert page.locator("main form[action$='/photos-website/withdraw']").count() == 0
    look(page)
    page.locator("details.sl-cancel summary").click()
    press(page, "cancel")
    assert live.scalar(select(Registration.state)) == "cancelled"
    look(page)


def press(page: Page, action: str) -> None:
    """Press the button that posts to ``registration/<action>``, and wait for the page after it."""
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        page.locator(f"main form[action$='/registration/{action}'] button").click()
    assert answer.value.status == 303
    page.wait_for_load_state()


def test_by_keyboard_alone(live: Host, browser: Browser) -> None:
    """A2, A6: no pointer, no trap, and the focus can always be seen."""
    live.load(gallery.content())
    with visit(browser, live.address, "en") as page:
        keys = Keys(page)
        page.goto("/stadtlabor/en/events/plattform/")
        keys.press("a[data-stadtlabor-register]:visible")
        expect(page.locator("form.sl-form [name=email]")).to_be_visible()
        for name in ("given_name", "family_name", "email"):
            keys.write(name, factories.person()[name])
        keys.choose("question-essen", "a")
        keys.choose("consent-photos-website", "refused")
        keys.go("form.sl-form button[type=submit]")
        expect(page).to_have_url(re.compile(r"/registered$"))

        live.mails()
        page.goto(live.link(live.sent[-1]))
        keys.go("main form[action$='/confirm'] button")
        expect(page.locator("main form[action$='/confirm']")).to_have_count(0)
        keys.go("main form[action$='/cancel'] button")
        expect(page.locator("main form[action$='/cancel']")).to_have_count(0)
        assert live.scalar(select(Registration.state)) == "cancelled"


def test_the_countdown_is_only_an_addition(live: Host, browser: Browser) -> None:
    """A7: the date is there without scripts; with them a timer that stays quiet."""
    live.load(gallery.content())
    with visit(browser, live.address, "de", javascript=False) as page:
        page.goto("/stadtlabor/de/events/plattform/")
        expect(page.locator("main time[datetime]").first).to_be_visible()
    with visit(browser, live.address, "de") as page:
        page.goto("/stadtlabor/de/events/plattform/")
        timer = page.locator("[role=timer]")
        expect(timer).to_be_visible()
        expect(timer).to_have_attribute("aria-live", "off")


def test_the_countdown_can_be_hidden(live: Host, browser: Browser) -> None:
    """A7, WCAG 2.2.2: by the keyboard too; what it counts down to stays."""
    live.load(gallery.content())
    with visit(browser, live.address, "en") as page:
        page.goto("/stadtlabor/en/events/plattform/")
        timer = page.locator("[role=timer]")
        expect(timer).to_have_attribute("data-live", "")
        Keys(page).press("[role=timer] button")
        expect(timer).to_have_count(0)
        expect(page.locator("main time[datetime]").first).to_be_visible()


def test_the_countdown_goes_by_the_server_s_clock(live: Host, browser: Browser) -> None:
    """A7: a device whose clock is 400 days ahead does not say that the event is over."""
    live.load(gallery.content())
    with visit(browser, live.address, "de") as page:
        page.add_init_script(
            "const there = Date.now; Date.now = () => there() + 400 * 24 * 60 * 60 * 1000;"
        )
        page.goto("/stadtlabor/de/events/plattform/")
        timer = page.locator("[role=timer]")
        expect(timer).to_have_attribute("data-live", "")
        expect(timer).to_have_attribute("data-phase", "ahead")
        expect(timer.locator("[data-unit=day]")).not_to_have_text("00")

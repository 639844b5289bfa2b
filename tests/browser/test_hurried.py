"""What hurried people do with the form and with their own page, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from flask_stadtlabor.registration.models import Registration
from tests.browser.visit import visit
from tests.factories import PHOTOS, event_in, exchange, registration
from tests.host import Host

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

FORM = "/stadtlabor/de/events/plattform/register"
LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 3


def fill(page: Page, name: str = "Änne") -> None:
    page.goto(FORM)
    page.fill("#given_name", name)
    page.fill("#family_name", name)
    page.fill("#email", "aenne@buerger.example")
    page.check(f"[name=consent-{PHOTOS}][value=refused]")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_a_double_click_and_the_way_back_make_one_registration(
    live: Host, browser: Browser, javascript: bool
) -> None:
    """Back in the form, what was typed is still there, and can be sent again."""
    live.load(exchange(event_in(30, purposes=[PHOTOS], registration=registration())))
    with visit(browser, live.address, "de", javascript=javascript) as page:
        fill(page)
        page.locator("form.sl-form button[type=submit]").last.dblclick()
        expect(page).to_have_url(f"{live.address}{FORM}ed")
        page.go_back()
        expect(page.locator("#given_name")).to_be_visible()
        fill(page)
        page.locator("form.sl-form button[type=submit]").last.click()
        expect(page).to_have_url(f"{live.address}{FORM}ed")
    assert live.scalar(select(func.count(Registration.id))) == 1


def test_long_words_fit_into_a_small_window(live: Host, browser: Browser) -> None:
    """WCAG 1.4.10: 320 pixels."""
    live.load(exchange(event_in(30, purposes=[PHOTOS], registration=registration())))
    with visit(browser, live.address, "de") as page:
        fill(page, LONG)
        page.locator("form.sl-form button[type=submit]").last.click()
        expect(page).to_have_url(f"{live.address}{FORM}ed")
        page.goto(live.link(live.mails()[-1]))
        for path in ("", "data", "erase", "change"):
            page.goto(f"/stadtlabor/de/registration/{path}")
            page.set_viewport_size({"width": 320, "height": 400})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 320, (path, wide)

"""Every page without a barrier: axe, reflow, console, requests (A1, A6, S10)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser import gallery
from tests.browser.visit import check, visit
from tests.host import Host
from tests.journeys.test_database_away import take_database_away

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_public_page_is_accessible(live: Host, browser: Browser, language: str) -> None:
    live.load(gallery.content())
    with visit(browser, live.address, language) as page:
        for path in gallery.PUBLIC + gallery.FORMS + gallery.LOST:
            page.goto(f"/stadtlabor/{language}/{path}")
            check(page)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_personal_page_is_accessible(live: Host, browser: Browser, language: str) -> None:
    live.load(gallery.content())
    for client in gallery.people(live, language).values():
        cookie = client.get_cookie("session")
        assert cookie is not None
        with visit(browser, live.address, language) as page:
            page.context.add_cookies(
                [{"name": "session", "value": cookie.value, "url": live.address}]
            )
            # where nothing can be changed any more, the last one leads back to the first
            for path in ("registration/", "registration/receipt", "registration/change"):
                answer = page.goto(f"/stadtlabor/{language}/{path}")
                assert answer is not None
                assert answer.status == 200
                check(page)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_error_of_the_form_is_accessible(live: Host, browser: Browser, language: str) -> None:
    """A1 in the error states: all wrong, too late, and the database away."""
    live.load(gallery.content())
    with visit(browser, live.address, language) as page:
        page.goto(f"/stadtlabor/{language}/events/plattform/register")
        page.fill("[name=email]", "no address")
        page.fill("[name=party_size]", "99")
        page.check("[name=under_16]")
        page.check("[name=question-essen][value=b]")
        page.locator("form.sl-form button[type=submit]").click()
        page.locator(".sl-errors").wait_for()
        check(page)
        take_database_away(live)
        page.locator("form.sl-form button[type=submit]").click()
        page.locator(".sl-error-page").wait_for()
        assert urlsplit(page.url).path.endswith("/register")
        check(page)

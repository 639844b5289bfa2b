"""Every page without a barrier: axe, reflow, console, requests (A1, A6, S10)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import URL

from tests.browser import gallery
from tests.browser.live import live_host
from tests.browser.visit import check, visit
from tests.host import Host

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
        with visit(browser, live.address, language) as page:
            _hand_over(client, page.context)
            page.goto(f"/stadtlabor/{language}/registration/")
            check(page)
            page.goto(f"/stadtlabor/{language}/registration/receipt")
            check(page)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_error_of_the_form_is_accessible(
    live: Host, browser: Browser, language: str
) -> None:
    """A1 in the error states: nothing filled in, too late, and the database away."""
    live.load(gallery.content())
    with visit(browser, live.address, language) as page:
        page.goto(f"/stadtlabor/{language}/events/plattform/register")
        page.locator("button[type=submit]").last.click()
        page.locator(".sl-errors").wait_for()
        check(page)

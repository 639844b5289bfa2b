"""Every page without a barrier: axe, reflow, console, requests (A1, A6, S10)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import gallery
from tests.browser.visit import checks, visit
from tests.host import Host
from tests.journeys.test_database_away import take_database_away

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_public_page_is_accessible(live: Host, browser: Browser, language: str) -> None:
    live.load(gallery.content())
    look = checks(language)
    with visit(browser, live.address, language) as page:
        for path in gallery.PUBLIC + gallery.FORMS + gallery.LOST + gallery.ACCOUNT:
            page.goto(f"/stadtlabor/{language}/{path}")
            look(page)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_personal_page_is_accessible(live: Host, browser: Browser, language: str) -> None:
    live.load(gallery.content())
    look = checks(language)
    for client in gallery.people(live, language).values():
        cookie = client.get_cookie("session")
        assert cookie is not None
        with visit(browser, live.address, language) as page:
            page.context.add_cookies(
                [{"name": "session", "value": cookie.value, "url": live.address}]
            )
            # where nothing can be changed any more, that page leads back to the first
            for path in gallery.PERSONAL:
                answer = page.goto(f"/stadtlabor/{language}/{path}")
                assert answer is not None
                assert answer.status == 200
                look(page)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_error_of_the_form_is_accessible(live: Host, browser: Browser, language: str) -> None:
    """A1 in the error states: all wrong, too late, and the database away."""
    live.load(gallery.content())
    look = checks(language)
    with visit(browser, live.address, language) as page:
        page.goto(f"/stadtlabor/{language}/events/plattform/register")
        page.fill("[name=email]", "no address")
        page.fill("[name=party_size]", "99")
        page.check("[name=under_16]")
        page.check("[name=question-essen][value=b]")
        page.locator("form.sl-form button[type=submit]").click()
        page.locator(".sl-errors").wait_for()
        look(page)
        take_database_away(live)
        page.locator("form.sl-form button[type=submit]").click()
        page.locator(".sl-error-page").wait_for()
        assert urlsplit(page.url).path.endswith("/register")
        look(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_who_answers_for_a_child_is_asked_once_there_is_one(
    live: Host, browser: Browser, javascript: bool
) -> None:
    live.load(gallery.content())
    with visit(browser, live.address, "en", javascript=javascript) as page:
        page.goto("/stadtlabor/en/events/plattform/register")
        guardian = page.get_by_label("Name of a parent or guardian")
        expect(guardian).to_be_hidden()
        page.check("[name=under_16]")
        expect(guardian).to_be_visible()


def test_what_somebody_agreed_to_is_on_the_printed_page(live: Host, browser: Browser) -> None:
    """On paper an event is a poster of few words; a text of consent keeps all of its own."""
    live.load(gallery.content())
    with visit(browser, live.address, "en") as page:
        page.emulate_media(media="print")
        page.goto("/stadtlabor/en/privacy/photos-website/1/")
        expect(page.get_by_text("The text of photos-website.")).to_be_visible()
        page.goto("/stadtlabor/en/events/plattform/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".sl-prose").first).to_be_hidden()


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_ticket_is_accessible(live: Host, browser: Browser, language: str) -> None:
    """The ticket itself, and what those are told who have none."""
    live.load(gallery.content())
    look = checks(language)
    for state, client in gallery.people(live, language).items():
        cookie = client.get_cookie("session")
        assert cookie is not None
        with visit(browser, live.address, language) as page:
            page.context.add_cookies(
                [{"name": "session", "value": cookie.value, "url": live.address}]
            )
            answer = page.goto(f"/stadtlabor/{language}/registration/ticket")
            assert answer is not None
            assert answer.status == (200 if state == "confirmed" else 409)
            look(page)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_a_lost_link_is_sent_again(
    live: Host, browser: Browser, language: str, javascript: bool
) -> None:
    """A1, A2, A4: an error first, then the mail, then the ticket behind its link."""
    live.load(gallery.content())
    gallery.people(live, language)
    live.sent.clear()
    look = checks(language, javascript=javascript)
    with visit(browser, live.address, language, javascript=javascript) as page:
        page.goto(f"/stadtlabor/{language}/events/plattform/register")
        page.locator("main a[href$='/registration/send-link']").click()
        page.fill("[name=email]", "no address")
        page.locator("form.sl-form button[type=submit]").click()
        expect(page.locator(".sl-errors")).to_be_focused()
        look(page)
        page.fill("[name=email]", f"{language}-confirmed@buerger.example")
        page.locator("form.sl-form button[type=submit]").click()
        expect(page).to_have_url(re.compile(r"/registration/link-sent$"))
        look(page)
        live.mails()
        page.goto(live.link(live.sent[-1]))
        page.locator("main a[href$='/registration/ticket']").click()
        expect(page.locator(".sl-ticket-qr svg")).to_be_visible()
        look(page)

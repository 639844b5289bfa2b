"""From a comment to an answer, in a real browser (A1, A2)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from flask_stadtlabor.testing.comments import bring_comments_in
from flask_stadtlabor.transactions import commit
from tests.browser import gallery
from tests.browser.keys import Keys
from tests.browser.test_ideas import link_of
from tests.browser.visit import check, checks, visit
from tests.host import Host
from tests.participation.people import ask

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

WORDS = {
    "de": {"write": "Kommentar schreiben", "publish": "Veröffentlichen", "agree": "Stimme zu: "},
    "en": {"write": "Write a comment", "publish": "Publish it", "agree": "I agree: "},
}
PAGES = (
    "ideas/1/",
    "ideas/1/comments/",
    "ideas/1/comments/?stance=for&language=en",
    "projects/spielplatz/comments/",
    "events/plattform/comments/",
    "events/vorbei/comments/results/",
    "comments/1",
    "comments/5",
    "comments/6",
    "comments/1/reply",
    "comments/1/agree",
    "comments/6/agree",
    "comments/sent",
)


def _load(live: Host) -> None:
    live.load(gallery.content())
    with live.app.test_request_context():
        commit(bring_comments_in)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_of_comments_is_accessible(live: Host, browser: Browser, language: str) -> None:
    """A1: for strangers, and with the forms of whoever is known."""
    _load(live)
    look = checks(language)
    with visit(browser, live.address, language) as page:
        for path in PAGES:
            page.goto(f"/stadtlabor/{language}/{path}")
            look(page)
        ask(live, "ben@example.org")
        page.goto(link_of(live))
        for path in PAGES[:7]:
            page.goto(f"/stadtlabor/{language}/{path}")
            for fold in page.locator("details.sl-comment-write:not([open]) > summary").all():
                fold.click()
            look(page)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_a_stranger_comments_and_another_agrees_and_replies(
    live: Host, browser: Browser, language: str, javascript: bool
) -> None:
    _load(live)

    def look(page: Page) -> None:
        if javascript:
            check(page)

    words, idea = WORDS[language], f"/stadtlabor/{language}/ideas/1/"
    with visit(browser, live.address, language, javascript=javascript) as page:
        page.goto(idea)
        page.get_by_role("link", name=words["write"]).click()
        page.locator("main form button[type=submit]").click()
        expect(page.locator(".sl-errors")).to_be_visible()
        look(page)
        page.locator("[name=text]").fill("Endlich **Schatten**!")
        page.locator("[name=stance][value=for]").check(force=True)
        page.locator("[name=public_name]").fill("Ada")
        page.locator("[name=email]").fill("ada@example.org")
        page.locator("main form button[type=submit]").click()
        expect(page).to_have_url(re.compile(r"/comments/sent\?on=idea"))
        page.goto(link_of(live))
        look(page)
        page.get_by_role("button", name=words["publish"]).click()
        expect(page.locator(".sl-done")).to_be_visible()
        look(page)
        here = page.url.partition("?")[0]
    with visit(browser, live.address, language, javascript=javascript) as page:
        page.goto(idea)
        page.locator(".sl-comment").first.get_by_role("link", name=words["agree"]).click()
        look(page)
        page.locator("[name=email]").fill("ben@example.org")
        page.locator("main form button[type=submit]").click()
        page.goto(link_of(live))
        page.locator("main form button[type=submit]").click()
        expect(page).to_have_url(re.compile(re.escape(here)))
        expect(page.locator("[aria-pressed=true]")).to_contain_text(f"{words['agree']}1")
        page.locator("details.sl-comment-write > summary").click()
        page.locator("[name=text]").fill("Genau.")
        page.locator("details form button[type=submit]").click()
        expect(page.locator(".sl-answered")).to_contain_text("Endlich Schatten!")
        look(page)


def test_who_agrees_finds_both_buttons_where_they_were(live: Host, browser: Browser) -> None:
    """Beside each other on a phone; a press moves nothing."""
    _load(live)
    with visit(browser, live.address, "de") as page:
        page.set_viewport_size({"width": 375, "height": 700})
        ask(live, "ben@example.org")
        page.goto(link_of(live))
        page.goto("/stadtlabor/de/comments/1")
        opinions = page.locator(".sl-comment-alone .sl-opinion")
        before = [each.bounding_box() for each in opinions.all()]
        opinions.first.click()
        expect(opinions.first).to_have_attribute("aria-pressed", "true")
        page.goto("/stadtlabor/de/comments/1")
        assert [each.bounding_box() for each in opinions.all()] == before


def test_by_keyboard_alone(live: Host, browser: Browser) -> None:
    """A2, A6: agreeing, and taking it back."""
    _load(live)
    ask(live, "ben@example.org")
    with visit(browser, live.address, "de") as page:
        page.goto(link_of(live))
        page.goto("/stadtlabor/de/comments/1")
        for action, pressed in (("agree", "true"), ("take-back", "false")):
            Keys(page).press(f".sl-comment-alone form[action$='/{action}'] button")
            button = page.locator(".sl-comment-alone button").first
            expect(button).to_have_attribute("aria-pressed", pressed)

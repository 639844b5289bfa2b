"""From a thought to a supported idea, in a real browser (A1, A2)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import gallery
from tests.browser.keys import Keys
from tests.browser.visit import check, visit
from tests.host import Host
from tests.participation.people import ask

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

WORDS = {
    "de": {
        "write": "Eine Idee schreiben",
        "new": "Nein, meine ist neu: abschicken",
        "publish": "Veröffentlichen",
        "support": "Unterstützen",
        "pressed": "Du unterstützt sie",
    },
    "en": {
        "write": "Write an idea",
        "new": "No, mine is new: send",
        "publish": "Publish it",
        "support": "Support",
        "pressed": "You support it",
    },
}


def link_of(live: Host) -> str:
    """The link in the mail that was sent last, wherever the portal is."""
    body = live.mails()[-1].get_body(("plain",))
    assert body is not None
    found = re.search(r"https?://\S+/me/open/[\w-]+", body.get_content())
    assert found is not None
    return found[0]


def look_at(page: Page, javascript: bool) -> None:
    """A1 on the page as it stands; axe is a script."""
    if javascript:
        check(page)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_a_stranger_writes_and_publishes_and_another_supports(
    live: Host, browser: Browser, language: str, javascript: bool
) -> None:
    live.load(gallery.content())
    words, start = WORDS[language], f"/stadtlabor/{language}/"
    title = "Mehr Bänke in den Schatten"
    with visit(browser, live.address, language, javascript=javascript) as page:
        page.goto(f"{start}projects/spielplatz/")
        look_at(page, javascript)
        page.get_by_role("link", name=words["write"]).click()
        look_at(page, javascript)
        page.locator("[name=title]").fill(title)
        if javascript:
            expect(page.locator(".sl-similar li")).to_contain_text("Mehr Bänke im Schatten")
            page.locator("[name=seen]").evaluate("field => field.value = ''")
        page.locator("[name=text]").fill("Am Brunnen **fehlen** Bänke.\n\n- eine\n- noch eine")
        page.locator("[name=email]").fill("ada@example.org")
        page.locator("main form button[type=submit]").first.click()
        expect(page.locator(".sl-similar li").first).to_contain_text("Mehr Bänke im Schatten")
        look_at(page, javascript)
        page.get_by_role("button", name=words["new"]).click()
        expect(page).to_have_url(re.compile(r"/ideas/sent$"))
        look_at(page, javascript)
        page.goto(link_of(live))
        look_at(page, javascript)
        page.get_by_role("button", name=words["publish"]).click()
        expect(page.locator("h1")).to_have_text(title)
        look_at(page, javascript)
        idea = page.url.partition("?")[0]
    with visit(browser, live.address, language, javascript=javascript) as page:
        page.goto(f"{start}projects/spielplatz/ideas/")
        look_at(page, javascript)
        page.get_by_role("link", name=title).click()
        look_at(page, javascript)
        page.locator(".sl-call").get_by_role("link", name=words["support"]).click()
        look_at(page, javascript)
        page.locator("[name=email]").fill("ben@example.org")
        page.locator("main form button[type=submit]").click()
        page.goto(link_of(live))
        expect(page).to_have_url(re.compile(r"/support$"))
        page.locator("main form button[type=submit]").click()
        expect(page).to_have_url(re.compile(re.escape(idea)))
        expect(page.locator("[aria-pressed=true]")).to_contain_text(words["pressed"])
        look_at(page, javascript)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_nothing_typed_is_lost_on_the_way_to_a_similar_idea_and_back(
    live: Host, browser: Browser, javascript: bool
) -> None:
    live.load(gallery.content())
    typed = {"title": "Mehr Bänke in den Schatten", "text": "Bitte.", "place": "Am Brunnen"}
    with visit(browser, live.address, "de", javascript=javascript) as page:
        page.goto("/stadtlabor/de/projects/spielplatz/ideas/new")
        for name, words in typed.items():
            page.locator(f"[name={name}]").fill(words)
        if not javascript:
            page.locator("[name=email]").fill("ada@example.org")
            page.locator("main form button[type=submit]").first.click()
        for address in ("/ideas/1/", "/rules"):
            with page.expect_popup() as opened:
                page.locator(f"main a[href$='{address}']").first.click()
            expect(opened.value).to_have_url(re.compile(f"{address}$"))
            opened.value.close()
        for name, words in typed.items():
            expect(page.locator(f"[name={name}]")).to_have_value(words)
        if javascript:
            # nor where somebody leaves the page itself
            page.locator(".sl-back a").click()
            page.go_back()
            for name, words in typed.items():
                expect(page.locator(f"[name={name}]")).to_have_value(words)


def test_a_line_that_never_ends_makes_no_page_wider(live: Host, browser: Browser) -> None:
    """Also not where somebody begins it with spaces, which makes it code."""
    content = gallery.content()
    content["ideas"][0]["text"] = f"Siehe:\n\n    {'x' * 300}\n\n{'y' * 300}"
    live.load(content)
    with visit(browser, live.address, "de") as page:
        page.goto("/stadtlabor/de/ideas/1/")
        expect(page.locator(".sl-prose pre")).to_be_visible()
        check(page)


def test_by_keyboard_alone(live: Host, browser: Browser) -> None:
    """A2, A6: supporting, and taking it back."""
    live.load(gallery.content())
    ask(live, "ben@example.org")
    with visit(browser, live.address, "de") as page:
        page.goto(link_of(live))
        page.goto("/stadtlabor/de/ideas/1/")
        for action, pressed in (("support", "true"), ("take-back", "false")):
            Keys(page).press(f"form[action$='/{action}'] button")
            expect(page.locator(".sl-call button").first).to_have_attribute("aria-pressed", pressed)

"""Staff answers an idea, everybody reads it, and mails are ended by one press (A1, A2)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.participation.telling.unsubscribing import Mails, unsubscribe_link
from tests.browser import office
from tests.browser.visit import check, visit
from tests.host import Host

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

WORDS = {
    "de": {
        "list": "Ein Baum, unter dem man sitzen kann",
        "partly": "Teilweise angenommen",
        "who": "Wer antwortet",
        "why": "Begründung (Deutsch)",
        "look": "Antwort ansehen",
        "publish": "Veröffentlichen und 0 Personen benachrichtigen",
        "stands": "Die Antwort der Stadt: Teilweise angenommen",
        "end": "Schickt mir keine mehr davon",
        "ended": "Keine dieser Mails mehr",
    },
    "en": {
        "list": "Ein Baum, unter dem man sitzen kann",
        "partly": "Partly accepted",
        "who": "Who answers",
        "why": "Reasons (German)",
        "look": "Look at the answer",
        "publish": "Publish and tell 0 people",
        "stands": "The answer of the city: Partly accepted",
        "end": "Send me no more of them",
        "ended": "No more of these mails",
    },
}


def look_at(page: Page, javascript: bool) -> None:
    """A1 on the page as it stands; axe is a script."""
    if javascript:
        check(page)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_an_idea_is_answered_and_everybody_reads_it(
    desk: Host, browser: Browser, language: str, javascript: bool
) -> None:
    desk.load(office.content())
    words = WORDS[language]
    with visit(browser, desk.address, language, javascript=javascript) as page:
        page.goto(f"/stadtlabor/{language}/organise/answers/")
        look_at(page, javascript)
        page.get_by_role("link", name=words["list"]).click()
        look_at(page, javascript)
        page.get_by_role("button", name=words["look"]).click()
        expect(page.locator(".sl-errors")).to_be_visible()
        look_at(page, javascript)
        page.get_by_label(words["partly"], exact=True).check()
        page.get_by_label(words["who"]).fill("Grünflächenamt")
        page.get_by_label(words["why"]).fill("Ein Baum geht, **zwei** nicht.")
        page.get_by_role("button", name=words["look"]).click()
        look_at(page, javascript)
        page.get_by_role("button", name=words["publish"]).click()
        expect(page.locator(".sl-done")).to_be_visible()
        look_at(page, javascript)
        page.locator("main a.sl-more[href*='/ideas/']").click()
        expect(page.get_by_role("heading", name=words["stands"])).to_be_visible()
        look_at(page, javascript)
        page.goto(f"/stadtlabor/{language}/projects/spielplatz/ideas/?sort=answered")
        expect(page.locator(".sl-verdict")).to_have_count(1)
        look_at(page, javascript)


@pytest.mark.parametrize("language", ["de", "en"])
def test_one_press_ends_the_mails(live: Host, browser: Browser, language: str) -> None:
    with live.app.app_context():
        one = Participant(language=language, created_at=live.clock(), email="ada@example.org")
        live.db.session.add(one)
        live.db.session.flush()
        links = {mails: unsubscribe_link(one, mails) for mails in Mails}
        live.db.session.commit()
    words = WORDS[language]
    with visit(browser, live.address, language) as page:
        for link in links.values():
            page.goto(link)
            check(page)
            page.get_by_role("button", name=words["end"]).click()
            expect(page.get_by_role("heading", name=words["ended"])).to_be_visible()
            check(page)
    with live.app.app_context():
        (one,) = live.db.session.query(Participant).all()
        assert (one.wants_digest, one.wants_answers) == (False, False)

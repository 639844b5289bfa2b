"""A party registers and changes its registration, with and without JavaScript (A2)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.browser import gallery
from tests.browser.test_journey import press
from tests.browser.visit import checks, visit
from tests.host import Host

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

SAVED = {"de": "gespeichert", "en": "saved"}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_a_party_registers_and_becomes_smaller(
    live: Host, browser: Browser, language: str, javascript: bool
) -> None:
    """A1 of each page as it stands; axe needs scripts, the pages are the same without."""
    live.load(gallery.content())
    look = checks(language, javascript=javascript)
    with visit(browser, live.address, language, javascript=javascript) as page:
        page.goto(f"/stadtlabor/{language}/events/plattform/")
        page.locator("a[data-stadtlabor-register]:visible").first.click()
        expect(page.locator("form.sl-form [name=email]")).to_be_visible()
        shown(page, companions=[], diet=False, javascript=javascript)
        for name in ("given_name", "family_name", "email"):
            page.fill(f"[name={name}]", factories.person()[name])
        page.fill("[name=party_size]", "3")
        page.check("[name=question-essen][value=b]")
        shown(page, companions=[1, 2], diet=True, javascript=javascript)
        look(page)
        page.fill("[name=companion-1]", "Ben")
        page.fill("[name=support_needs]", "Induktionsschleife")
        page.locator("form.sl-form button[type=submit]").click()

        links = page.locator("[role=alert] a")
        expect(links).to_have_count(2)
        shown(page, companions=[1, 2], diet=True, javascript=javascript)
        links.first.click()
        expect(page.locator("[name=companion-2]")).to_be_focused()
        page.keyboard.type("Çağla")
        page.fill("[name=question-allergien]", "Nüsse")
        look(page)
        page.locator("form.sl-form button[type=submit]").click()
        expect(page).to_have_url(re.compile(r"/registered$"))

        live.mails()
        page.goto(live.link(live.sent[-1]))
        press(page, "confirm")
        page.locator("a[href$='/registration/change']").click()
        expect(page.locator("[name=companion-2]")).to_have_value("Çağla")
        expect(page.locator("[name=question-allergien]")).to_have_value("Nüsse")
        page.fill("[name=party_size]", "99")
        page.locator("form.sl-form button[type=submit]").click()
        expect(page.locator(".sl-errors")).to_be_focused()
        look(page)
        page.fill("[name=party_size]", "2")
        page.check("[name=question-essen][value=a]")
        shown(page, companions=[1], diet=False, javascript=javascript)
        page.locator("form.sl-form button[type=submit]").click()
        expect(page.locator("[role=status]")).to_contain_text(SAVED[language])
        look(page)
    with live.app.app_context():
        found = live.db.session.scalars(select(Registration)).one()
    assert (found.party_size, found.companions) == (2, ("Ben",))
    assert found.answers == {"essen": "a"}
    assert found.support_needs == "Induktionsschleife"


def shown(page: Page, *, companions: list[int], diet: bool, javascript: bool) -> None:
    """What concerns this party; without JavaScript everything, with the condition in words."""
    for number in (1, 2, 3):
        field = page.locator(f"[name=companion-{number}]")
        expect(field).to_be_visible(visible=number in companions or not javascript)
    question = page.locator("[name=question-allergien]")
    expect(question).to_be_visible(visible=diet or not javascript)
    hint = page.locator("[data-stadtlabor-question] [data-stadtlabor-plain]")
    expect(hint).to_be_visible(visible=not javascript)

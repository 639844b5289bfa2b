"""Projects in a real browser: on the way from the dates to a project and back, and editing one.

axe needs scripts, so that pages are shown to it where they run.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import gallery
from tests.browser.visit import LOOKS, check, visit
from tests.host import Host

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

WAY = {
    "de": ("Projekte zum Mitmachen", "Spielplatz am Markt", "Ideen sammeln", "Alle Projekte"),
    "en": ("Projects to take part in", "Playground at the market", "Collect ideas", "All projects"),
}


def follow(page: Page, name: str) -> None:
    """Go to a link by the keyboard."""
    link = page.get_by_role("link", name=name, exact=True).first
    link.focus()
    link.press("Enter")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_from_the_dates_to_a_project_and_to_the_event_that_shows_it(
    live: Host, browser: Browser, language: str, javascript: bool
) -> None:
    """A2, by the keyboard alone; each page is shown to axe (A1)."""
    projects, title, phase, all_projects = WAY[language]
    live.load(gallery.content())
    with visit(browser, live.address, language, javascript=javascript) as page:
        page.goto(f"/stadtlabor/{language}/")
        follow(page, projects)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if javascript:
            check(page, LOOKS)
        follow(page, title)
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        current = page.locator(".sl-phases [aria-current=step]")
        expect(current).to_have_count(1)
        expect(current).to_contain_text(phase)
        if javascript:
            check(page, LOOKS)
        event = page.locator("#sl-dates ~ div a").first
        event.focus()
        event.press("Enter")
        follow(page, title)
        expect(page).to_have_url(f"{live.address}/stadtlabor/{language}/projects/spielplatz/")
        follow(page, all_projects)
        expect(page).to_have_url(f"{live.address}/stadtlabor/{language}/projects/")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_phase_is_added_by_the_keyboard(desk: Host, browser: Browser, javascript: bool) -> None:
    """A2, A4: a fault leads to its field, what was typed stays, and what is saved is seen."""
    desk.load(gallery.content())
    with visit(browser, desk.address, "en", javascript=javascript) as page:
        page.goto("/stadtlabor/en/organise/projects/ohne-phasen/")
        new = page.locator("summary").filter(has_text="Phase, new")
        new.focus()
        new.press("Enter")
        page.locator("[name='phases[0].slug']").fill("wahl")
        page.locator("[name='phases[0].kind']").select_option("vote")
        page.locator("[name='phases[0].title.en']").fill("Choose one of three")
        page.locator("[name='phases[0].starts_at']").fill("2026-01-01T08:00")
        page.locator("[name='phases[0].ends_at']").fill("2025-01-01T08:00")
        save = page.get_by_role("button", name="Save", exact=True)
        save.press("Enter")
        fault = page.locator(".sl-errors a").first
        expect(fault).to_contain_text("The end is before the start")
        if javascript:
            check(page, LOOKS)
        fault.press("Enter")
        end = page.locator("[name='phases[0].ends_at']")
        expect(end).to_be_focused()
        expect(page.locator("[name='phases[0].title.en']")).to_have_value("Choose one of three")
        end.fill("2099-01-01T08:00")
        save.press("Enter")
        expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
        page.goto("/stadtlabor/en/projects/ohne-phasen/")
        expect(page.locator(".sl-phases [aria-current=step]")).to_contain_text(
            "Choose one of three"
        )
        expect(page.locator(".sl-call")).to_contain_text("You can vote now.")

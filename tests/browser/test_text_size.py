"""Whoever needs larger letters or wider lines loses no word (WCAG 1.4.4, 1.4.12)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import gallery
from tests.browser.visit import visit
from tests.host import Host

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important;"
    " word-spacing: 0.16em !important } p { margin-block-end: 2em !important }"
)
LARGER = {
    "letters of twice the size": (":root { font-size: 200% !important }", (1280,)),
    "the spacing of WCAG 1.4.12": (SPACING, (320, 1280)),
}
PAGES = ["", "events/plattform/", "events/lange-namen/"]

SET = """rules => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets = [sheet];
}"""
CUT_OFF = """() => [...document.querySelectorAll(".stadtlabor *")].filter(element => {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const seen = box.width > 2 && box.height > 2 && element.innerText;
    const wide = style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
    const high = style.overflowY !== "visible" && element.scrollHeight > element.clientHeight + 1;
    return seen && (wide || high);
}).map(element => element.outerHTML.slice(0, 200))"""
"""Words that their box no longer shows whole."""


@pytest.mark.parametrize("change", LARGER)
def test_nothing_is_cut_off(live: Host, browser: Browser, change: str) -> None:
    live.load(gallery.content())
    rules, widths = LARGER[change]
    with visit(browser, live.address, "de") as page:
        for path in PAGES:
            page.goto(f"/stadtlabor/de/{path}")
            page.evaluate(SET, rules)
            for width in widths:
                page.set_viewport_size({"width": width, "height": 800})
                assert lost(page) == [], (path, width)
        page.goto("/stadtlabor/de/events/plattform/register")
        page.locator("form.sl-form button[type=submit]").last.click()
        page.locator(".sl-errors").wait_for()
        page.evaluate(SET, rules)
        assert lost(page) == []


def lost(page: Page) -> list[str]:
    """What cannot be read any more: cut off, or beyond the edge of the window."""
    beyond = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    cut: list[str] = page.evaluate(CUT_OFF)
    return cut + ([f"{beyond} px beyond the edge"] if beyond > 0 else [])

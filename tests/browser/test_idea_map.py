"""The map of areas in a real browser: by keyboard, and as axe sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import URL

from tests.browser import gallery
from tests.browser.live import live_host
from tests.browser.visit import LOOK_OF, check, visit
from tests.participation.ideas.districts import collection, square, write

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

CITY = collection(
    square("altstadt"),
    square("hafen", 7.1, properties={"name": {"de": "Hafen", "en": "Harbour"}}),
    square("klein", 7.2, side=0.0005),
)
WORDS = {"de": ("Karte", "Hafen: 1 Idee"), "en": ("map", "Harbour: 1 idea")}


@pytest.mark.parametrize("language", ["de", "en"])
def test_an_area_is_chosen_on_the_map_by_the_keyboard(
    database_url: URL, tmp_path: Path, browser: Browser, language: str
) -> None:
    map_link, area = WORDS[language]
    content = gallery.content()
    content["ideas"] = [{**content["ideas"][0], "area": "hafen"}, *content["ideas"][1:]]
    with (
        live_host(database_url, tmp_path, STADTLABOR_AREAS=write(tmp_path, CITY)) as live,
        visit(browser, live.address, language) as page,
    ):
        live.load(content)
        page.goto(f"/stadtlabor/{language}/projects/spielplatz/ideas/")
        check(page, LOOK_OF[language])
        link = page.locator(".sl-idea-order a", has_text=map_link)
        link.focus()
        link.press("Enter")
        expect(page.locator("svg a")).to_have_count(3)
        check(page, LOOK_OF[language])
        page.locator(".sl-city-skip a").focus()
        expect(page.locator(".sl-city-skip a")).to_be_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name=area, exact=True)).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url("**/ideas/?area=hafen")
        expect(page.locator(".sl-ideas > li")).to_have_count(1)


DRAWN_WORDS = """all => all.filter(each => each.checkVisibility()).map(each =>
    [each, ...each.querySelectorAll("tspan")]
        .flatMap(part => [...part.childNodes])
        .filter(node => node.nodeType === 3 && node.parentElement.checkVisibility())
        .map(node => node.textContent).join("").trim())"""
"""What can be read in the drawing."""


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("width", [390, 1280])
def test_each_area_has_its_name_or_a_letter_that_the_table_explains(
    database_url: URL, tmp_path: Path, browser: Browser, width: int, language: str
) -> None:
    """Also the quarter of the demo whose name does not fit into its outline."""
    districts = str(Path("example_app/demo/districts.geojson").resolve())
    with (
        live_host(database_url, tmp_path, STADTLABOR_AREAS=districts) as live,
        visit(browser, live.address, language) as page,
    ):
        live.load(gallery.content())
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"/stadtlabor/{language}/projects/spielplatz/ideas/map")
        drawn = page.locator(".sl-map-words text").evaluate_all(DRAWN_WORDS)
        rows = [row.split(maxsplit=1) for row in page.locator("tbody th").all_inner_texts()]
        unnamed = [row for row in rows if row[1] not in drawn]
        assert len(unnamed) == (1 if width == 1280 else len(rows))
        keys = {words.partition(":")[0] for words in drawn}
        assert [row for row in unnamed if row[0] not in keys] == []
        check(page, LOOK_OF[language])

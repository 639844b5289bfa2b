"""Somebody adds a picture to their idea in a browser, and reads it there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import URL

from flask_stadtlabor import Actor
from tests.browser.live import live_host
from tests.browser.visit import check, visit
from tests.factories import phase
from tests.host import Host
from tests.participation.ideas.desk import BANKS, collecting
from tests.pictures.files import photo

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]


@pytest.fixture
def portal(database_url: URL, tmp_path: Path) -> Iterator[Host]:
    """A portal that keeps pictures, where everybody is signed in, and of the team."""
    ports = {"actor": lambda: Actor("user:1", "Ada"), "policy": lambda *asked: True}
    folder = tmp_path / "pictures"
    folder.mkdir()
    with live_host(database_url, tmp_path, ports=ports, STADTLABOR_PICTURES=str(folder)) as host:
        collecting(host, phases=[phase("ideen", "ideas", "2026-03-01T00:00")])
        yield host


@pytest.mark.parametrize(("language", "javascript"), [("de", True), ("en", False)])
def test_from_the_file_to_the_page(
    portal: Host, browser: Browser, tmp_path: Path, language: str, javascript: bool
) -> None:
    """The first try lacks what the picture shows: the file is not chosen again."""
    file = tmp_path / "bank.jpg"
    file.write_bytes(photo())
    start = f"/stadtlabor/{language}/"
    look = check if javascript else (lambda page: None)
    with visit(browser, portal.address, language, javascript=javascript) as page:
        page.goto(f"{start}projects/marktplatz/ideas/new")
        look(page)
        page.fill("[name=title]", BANKS)
        page.fill("[name=text]", "Am Brunnen fehlen Bänke.")
        page.set_input_files("[name=picture]", file)
        page.locator("form.sl-form button[type=submit]").first.click()
        expect(page.locator(".sl-errors")).to_be_focused()
        expect(page.locator("form .sl-idea-picture img")).to_be_visible()
        look(page)
        page.fill("[name=picture_alt]", "Eine Bank unter der Linde")
        page.locator("form.sl-form button[type=submit]").first.click()
        for address in (page.url, f"{start}projects/marktplatz/ideas/"):
            page.goto(address)
            image = page.locator(".sl-idea-picture img")
            image.scroll_into_view_if_needed()
            expect(image).to_have_js_property("complete", True)
            assert image.evaluate("image => image.naturalWidth") > 0
            look(page)
        page.goto(f"{start}organise/moderation/idea/1")
        look(page)
        page.goto(f"{start}organise/pictures/")
        look(page)

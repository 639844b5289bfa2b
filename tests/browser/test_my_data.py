"""Seeing, taking along and erasing one's data in a real browser (A1, A2)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from flask_stadtlabor.registration.models import Registration
from tests.browser import gallery
from tests.browser.keys import Keys
from tests.browser.visit import checks, visit
from tests.forms import fill
from tests.host import Host

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

WORDS = {
    "de": ("Meine Daten ansehen", "Meine Daten löschen lassen", "Deine Daten sind gelöscht"),
    "en": ("See my data", "Have my data erased", "Your data has been erased"),
}


def registered(live: Host, language: str) -> str:
    """The personal link of somebody who has just registered."""
    form = f"/stadtlabor/{language}/events/plattform/register"
    assert fill(live.client(), form, gallery.answers()).status_code == 303
    return live.link(live.mails()[-1])


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_from_the_link_to_the_erasure(
    live: Host, browser: Browser, tmp_path: Path, language: str, javascript: bool
) -> None:
    live.load(gallery.content())
    link = registered(live, language)
    see, erase, erased = WORDS[language]
    with visit(browser, live.address, language, javascript=javascript) as page:
        page.goto(link)
        page.get_by_role("link", name=see).click()
        expect(page).to_have_url(re.compile(r"/registration/data$"))
        expect(page.locator(".sl-stored")).to_contain_text("person1@buerger.example")
        with page.expect_download() as download:
            page.locator("a[href$='/registration/data.json']").click()
        download.value.save_as(tmp_path / "mine.json")
        mine = json.loads((tmp_path / "mine.json").read_text("utf-8"))
        assert mine["registrations"][0]["email"] == "person1@buerger.example"
        page.get_by_role("link", name=erase).click()
        expect(page).to_have_url(re.compile(r"/registration/erase$"))
        page.locator("main form[action$='/registration/erase'] button").click()
        expect(page).to_have_url(re.compile(r"/registration/erased$"))
        expect(page.locator("h1")).to_have_text(erased)
        checks(language, javascript=javascript)(page)
        assert live.scalar(select(Registration.id)) is None


def test_by_keyboard_alone(live: Host, browser: Browser) -> None:
    """A2, A6."""
    live.load(gallery.content())
    link = registered(live, "en")
    with visit(browser, live.address, "en") as page:
        page.goto(link)
        keys = Keys(page)
        keys.go("a[href$='/registration/erase']")
        expect(page).to_have_url(re.compile(r"/registration/erase$"))
        keys.go("main form[action$='/registration/erase'] button")
        expect(page).to_have_url(re.compile(r"/registration/erased$"))
        assert live.scalar(select(Registration.id)) is None


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_refused_erasure_is_accessible(live: Host, browser: Browser, language: str) -> None:
    """A1, A4 in the error state."""
    live.load(gallery.content())
    link = registered(live, language)
    with visit(browser, live.address, language) as page:
        page.goto(link)
        page.goto(f"/stadtlabor/{language}/registration/erase")
        page.locator("input[name=csrf_token]").evaluate("field => { field.value = 'old' }")
        page.locator("main form[action$='/registration/erase'] button").click()
        expect(page.locator(".sl-errors")).to_be_focused()
        checks(language)(page)
        assert live.scalar(select(Registration.id)) is not None

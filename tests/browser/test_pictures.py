"""Staff uploads a picture, marks what matters in it, and withdraws it, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import URL

from flask_stadtlabor import Actor
from tests import factories
from tests.browser.live import live_host
from tests.browser.visit import check, visit
from tests.forms import fill, press
from tests.host import Host
from tests.organise.staff import DESK, HERE, register
from tests.pictures.files import EDIT, WORDS, photo, upload

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]


@pytest.fixture
def desk(database_url: URL, tmp_path: Path) -> Iterator[Host]:
    """A portal that keeps pictures, where everybody is of the city's staff."""
    ports = {"actor": lambda: Actor("staff:1", "Otto Orga"), "policy": lambda *asked: True}
    folder = tmp_path / "pictures"
    folder.mkdir()
    with live_host(database_url, tmp_path, ports=ports, STADTLABOR_PICTURES=str(folder)) as host:
        host.load(factories.exchange(factories.event_in(9)))
        yield host


@pytest.mark.parametrize(("language", "javascript"), [("de", True), ("en", False)])
def test_from_the_upload_to_the_withdrawal(
    desk: Host, browser: Browser, tmp_path: Path, language: str, javascript: bool
) -> None:
    file = tmp_path / "bild.jpg"
    file.write_bytes(photo())
    start = f"/stadtlabor/{language}/"
    look = check if javascript else (lambda page: None)
    with visit(browser, desk.address, language, javascript=javascript) as page:
        page.goto(f"{start}organise/events/plattform/edit/picture")
        look(page)
        page.set_input_files("[name='image.file']", file)
        assert save(page) == 422
        expect(page.locator(".sl-errors")).to_be_focused()
        look(page)
        page.fill("[name='image.alt.de']", "Die Halle am Abend")
        page.fill("[name='image.alt.en']", "The hall in the evening")
        page.fill("[name='image.credit.de']", "Foto: Ayşe Yıldız")
        if javascript:
            mark_what_matters(page)
        else:
            page.fill("[name='image.focus_x']", "24")
            page.fill("[name='image.focus_y']", "50")
        assert save(page) == 303
        assert page.input_value("[name='image.focus_x']") == "24"
        page.goto(f"{start}organise/events/plattform/publish")
        page.locator("main form[action$='/publish'] button[type=submit]").click()
        for address in ("", "events/plattform/"):
            page.goto(f"{start}{address}")
            page.locator("figure img").scroll_into_view_if_needed()
            expect(page.locator("figure img")).to_have_js_property("complete", True)
            assert page.locator("figure img").evaluate("image => image.naturalWidth") > 0
            placed = "image => getComputedStyle(image).objectPosition"
            assert page.locator("figure img").evaluate(placed) == "20% 50%"
            look(page)
        page.goto(f"{start}organise/pictures/")
        look(page)
        page.locator(".sl-pictures a").first.click()
        look(page)
        page.locator("details:has(form[action$='/withdraw']) > summary").click()
        page.locator("form[action$='/withdraw'] button").click()
        expect(page.locator(".sl-done")).to_be_visible()
        look(page)


def mark_what_matters(page: Page) -> None:
    """By a click, and then by the keys alone; the numbers follow."""
    mark = page.locator(".sl-focus")
    place = page.locator(".sl-edit-picture img")
    size = place.bounding_box()
    assert size is not None
    place.click(position={"x": size["width"] * 0.2, "y": size["height"] * 0.5})
    assert page.input_value("[name='image.focus_x']") == "20"
    mark.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    assert page.input_value("[name='image.focus_x']") == "24"
    assert page.input_value("[name='image.focus_y']") == "50"


def save(page: Page) -> int:
    """Press the button; the answer's status."""

    def is_ours(response: object) -> bool:
        request = response.request  # type: ignore[attr-defined]
        return bool(request.method == "POST" and request.url.endswith("/edit/picture"))

    with page.expect_response(is_ours) as answer:
        page.locator(".sl-edit-end button[type=submit]").click()
    page.wait_for_load_state()
    return answer.value.status


def test_a_take_down_task_shows_the_picture_and_withdraws_it(desk: Host, browser: Browser) -> None:
    """Without a script, and by the words at the field where an answer is missing."""
    asks = {"purposes": [factories.PHOTOS], "registration": {"capacity": 9}}
    desk.load(factories.exchange(factories.event_in(9, **asks)))
    staff = desk.client()
    upload(staff, photo(), WORDS, to=EDIT)
    press(staff, f"{HERE}publish", "/publish")
    shown = {"purpose": factories.PHOTOS, "picture": "1", "published_on": "2026-01-01"}
    assert fill(staff, f"{HERE}publications/", shown, action="/record").status_code == 303
    register(desk, 1, **{f"consent-{factories.PHOTOS}": "given"})
    person = desk.client()
    person.get(desk.link(desk.mails()[-1]))
    press(person, "/stadtlabor/de/registration/", f"/{factories.PHOTOS}/withdraw")
    with visit(browser, desk.address, "de") as page:
        for at in ("take-downs/", "trail/", "events/plattform/publications/"):
            page.goto(f"/stadtlabor/de/organise/{at}")
            check(page)
    with visit(browser, desk.address, "de", javascript=False) as page:
        page.goto(DESK.replace("/en/", "/de/") + "take-downs/")
        page.locator("form[action$='/done'] button").click()
        expect(page.locator(".sl-errors")).to_be_focused()
        page.get_by_label("Ja: aus jeder Veranstaltung zurückziehen").check()
        page.locator("form[action$='/done'] button").click()
        page.goto("/stadtlabor/de/events/plattform/")
        expect(page.locator("img[src*='/pictures/']")).to_have_count(0)

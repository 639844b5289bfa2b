"""Staff at a desk and at the door, in a real browser, with and without JavaScript (A1, A2)."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable

import pytest
import segno
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from flask_stadtlabor.consent.models import ConsentEntry, TakeDownTask
from flask_stadtlabor.registration.models import DeskNotice, Registration
from tests.browser import office
from tests.browser.visit import check, checks, visit
from tests.factories import PHOTOS
from tests.host import Host
from tests.organise.staff import code_of, column, register

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_of_staff_is_accessible(desk: Host, browser: Browser, language: str) -> None:
    """A1, A6."""
    desk.load(office.content())
    found = office.people(desk)
    look = checks(language)
    with visit(browser, desk.address, language) as page:
        for path in office.addresses(found):
            answer = page.goto(f"/stadtlabor/{language}/organise/{path}")
            assert answer is not None
            assert answer.status == 200, path
            look(page)


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_phone_shows_the_report_without_scrolling_sideways(
    desk: Host, browser: Browser, language: str
) -> None:
    """The counts of a purpose fit, the navigation takes three lines, and no numbers overlap."""
    desk.load(office.content())
    register(desk, **{f"consent-{PHOTOS}": "given"})
    with visit(browser, desk.address, language) as page:
        for width in (320, 768):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{start(language)}events/plattform/consents")
            overflow = "box => box.scrollWidth - box.clientWidth"
            assert page.locator(".sl-desk-counts").first.evaluate(overflow) <= 0
            tops = "links => new Set(links.map(link => link.offsetTop)).size"
            assert page.locator(".sl-desk-nav a").evaluate_all(tops) <= 3
            page.goto(f"{start(language)}events/plattform/")
            for number in page.locator(".sl-desk-numbers dd").all():
                assert number.evaluate(overflow) <= 0


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_lists_of_moderation_stand_in_pairs_on_a_phone(
    desk: Host, browser: Browser, language: str
) -> None:
    """Two beside each other, at the same two places in each line, and no word is broken."""
    desk.load(office.content())
    with visit(browser, desk.address, language) as page:
        for width in (320, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{start(language)}moderation/")
            links = page.locator(".sl-desk-nav a")
            lefts = "links => links.map(link => link.getBoundingClientRect().left)"
            left, right, *more = links.evaluate_all(lefts)
            assert more == [left, right, left]
            tall = "links => new Set(links.map(link => link.offsetHeight)).size"
            assert links.evaluate_all(tall) <= 2


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_from_the_desk_to_the_door_and_to_what_is_taken_down(
    desk: Host, browser: Browser, language: str, javascript: bool
) -> None:
    """A desk registration, two doors, undo, consent at the door, a withdrawal worked off."""
    desk.load(office.content())
    with visit(browser, desk.address, language, javascript=javascript) as page:
        look = checks(language, javascript=javascript)
        number = register_at_the_desk(page, desk, language, look)
        correct_particulars(page, desk, language, number, look)
        check_in_twice(page, desk, language, number, look)
        ask_at_the_door(page, desk, language, number, look)
        take_down(page, desk, language, look)
    assert desk.run("consent", "verify").exit_code == 0


Look = Callable[[Page], None]


def start(language: str) -> str:
    return f"/stadtlabor/{language}/organise/"


def click(page: Page, action: str) -> int:
    """Press the button of the form that posts to ``…/action``; the answer's status."""
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        page.locator(f"main form[action$='{action}'] button[type=submit]").first.click()
    page.wait_for_load_state()
    return answer.value.status


def register_at_the_desk(page: Page, desk: Host, language: str, look: Look) -> int:
    """Somebody without an e-mail address; the message for them is ticked off."""
    page.goto(f"{start(language)}events/plattform/register")
    assert click(page, "/register") == 422
    expect(page.locator(".sl-errors")).to_be_focused()
    look(page)
    page.fill("[name=given_name]", "Ilse")
    page.fill("[name=family_name]", "Brockhoff")
    page.fill("[name=reach]", "0234 4711")
    page.fill("[name=party_size]", "2")
    assert click(page, "/register") == 303
    expect(page.locator("[role=status]")).to_be_visible()
    look(page)
    page.goto(f"{start(language)}notices/")
    assert click(page, "/done") == 303
    assert desk.scalar(select(DeskNotice.done_by)) == "Otto Orga"
    return int(desk.scalar(select(Registration.id)))


def correct_particulars(page: Page, desk: Host, language: str, number: int, look: Look) -> None:
    """A name was misheard on the phone."""
    page.goto(f"{start(language)}events/plattform/registrations/{number}/")
    page.locator("a[href$='/rectify']").click()
    named = page.input_value("[name=given_name]")
    page.fill("[name=given_name]", "")
    assert click(page, "/rectify") == 422
    expect(page.locator(".sl-errors")).to_be_focused()
    look(page)
    page.fill("[name=given_name]", named)
    page.fill("[name=family_name]", "Brockhof")
    assert click(page, "/rectify") == 303
    expect(page.locator("[role=status]")).to_be_visible()
    look(page)
    assert column(desk, number, "family_name") == "Brockhof"


def check_in_twice(page: Page, desk: Host, language: str, number: int, look: Look) -> None:
    """The code is typed, the party comes in; a second door is told; it is taken back."""
    here = f"{start(language)}events/plattform/check-in/"
    page.goto(here)
    page.locator(".sl-door-bar summary").click()
    page.fill("[name=door]", "Haupteingang")
    assert click(page, "/door") == 303
    other = page.context.new_page()
    other.goto(f"{here}{number}/")
    page.fill("[name=q]", code_of(desk, number).lower())
    page.locator("form[role=search] button[type=submit]").click()
    expect(page).to_have_url(re.compile(rf"/check-in/{number}/#sl-party$"))
    assert click(page, "/check-in") == 303
    expect(page.locator(".sl-door-go[role=status]")).to_contain_text("Haupteingang")
    look(page)
    assert click(other, "/check-in") == 409
    expect(other.locator("[role=alert]")).to_contain_text("Haupteingang")
    look(other)
    other.close()
    assert click(page, "/undo-check-in") == 303
    assert column(desk, number, "checked_in_at") is None


def ask_at_the_door(page: Page, desk: Host, language: str, number: int, look: Look) -> None:
    """A yes on paper, which later becomes a no."""
    page.goto(f"{start(language)}events/plattform/check-in/{number}/")
    assert page.locator(".sl-photo-ask").count() == 3
    page.check(f"[name=consent-{PHOTOS}][value=given]")
    assert click(page, "/consents") == 422
    expect(page.locator(".sl-errors")).to_be_focused()
    look(page)
    page.check("[name=method][value=paper]")
    assert click(page, "/consents") == 303
    expect(page.locator(".sl-photo-yes")).to_have_count(1)
    page.check(f"[name=consent-{PHOTOS}][value=refused]")
    assert page.is_checked("[name=method][value=paper]")
    assert click(page, "/consents") == 303
    expect(page.locator(".sl-photo-no")).to_have_count(1)
    last = select(ConsentEntry.method).order_by(ConsentEntry.seq.desc()).limit(1)
    assert desk.scalar(last) == "paper"


def take_down(page: Page, desk: Host, language: str, look: Look) -> None:
    """What was published is recorded, and the task is ticked off."""
    page.goto(f"{start(language)}events/plattform/publications/")
    page.check(f"[name=purpose][value={PHOTOS}]")
    page.fill("[name=place]", "https://stadt.example/galerie")
    page.fill("[name=published_on]", "2026-01-02")
    assert click(page, "/record") == 303
    look(page)
    page.goto(f"{start(language)}take-downs/")
    expect(page.locator(".sl-desk-places a")).to_have_attribute(
        "href", "https://stadt.example/galerie"
    )
    assert click(page, "/done") == 303
    assert desk.scalar(select(TakeDownTask.done_by)) == "Otto Orga"
    look(page)


DETECTOR = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return [{ rawValue: "ADDRESS" }]; }
};
navigator.mediaDevices.enumerateDevices = async () => [{ kind: "videoinput" }];
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  return canvas.captureStream();
};
"""


def test_the_camera_reads_a_ticket_after_a_button_was_pressed(desk: Host, browser: Browser) -> None:
    """The browser's own camera and detector are made up here; ours is what follows."""
    desk.load(office.content())
    number = register(desk)
    address = f"{desk.address}/stadtlabor/de/organise/tickets/{code_of(desk, number)}"
    with visit(browser, desk.address, "en") as page:
        page.add_init_script(DETECTOR.replace("ADDRESS", address))
        page.goto(f"{start('en')}events/plattform/check-in/")
        expect(page.locator("[data-stop]")).to_be_hidden()
        page.locator("[data-start]").click()
        expect(page).to_have_url(re.compile(rf"/check-in/{number}/#sl-party$"))


CAMERA = """
delete window.BarcodeDetector;
navigator.mediaDevices.enumerateDevices = async () => [{ kind: "videoinput" }];
navigator.mediaDevices.getUserMedia = async () => {
  const image = new Image();
  image.src = "PICTURE";
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 400;
  const context = canvas.getContext("2d");
  setInterval(() => {
    context.fillStyle = "white";
    context.fillRect(0, 0, 400, 400);
    context.drawImage(image, 40, 40, 320, 320);
  }, 50);
  return canvas.captureStream(20);
};
"""


def test_a_browser_that_reads_no_qr_codes_gets_a_decoder(desk: Host, browser: Browser) -> None:
    """A picture of the ticket's code stands before a made-up camera; the decoder is real."""
    desk.load(office.content())
    number = register(desk)
    address = f"{desk.address}/stadtlabor/de/organise/tickets/{code_of(desk, number)}"
    picture = segno.make_qr(address, error="m").png_data_uri(scale=8)
    with visit(browser, desk.address, "en") as page:
        # the picture is no part of the page, whose policy forbids such an address
        page.route("**/ticket.png", lambda route: route.fulfill(body=_bytes(picture)))
        page.add_init_script(CAMERA.replace("PICTURE", "/ticket.png"))
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url))
        page.goto(f"{start('en')}events/plattform/check-in/")
        expect(page.locator("[data-start]")).to_be_visible()
        assert not [url for url in fetched if "jsQR" in url]
        page.locator("[data-start]").click()
        expect(page).to_have_url(re.compile(rf"/check-in/{number}/#sl-party$"))
        assert [url for url in fetched if "jsQR" in url]


def _bytes(picture: str) -> bytes:
    return b64decode(picture.partition(",")[2])


def test_where_there_is_no_camera_the_page_says_so_beforehand(desk: Host, browser: Browser) -> None:
    desk.load(office.content())
    with visit(browser, desk.address, "en") as page:
        page.add_init_script("navigator.mediaDevices.enumerateDevices = async () => [];")
        page.goto(f"{start('en')}events/plattform/check-in/")
        expect(page.locator("[data-says]")).to_contain_text("There is no camera here")
        expect(page.locator("[data-start]")).to_be_hidden()
        check(page)


def test_without_javascript_no_button_promises_a_camera(desk: Host, browser: Browser) -> None:
    """A2."""
    desk.load(office.content())
    with visit(browser, desk.address, "en", javascript=False) as page:
        page.goto(f"{start('en')}events/plattform/check-in/")
        expect(page.locator("[data-start]")).to_be_hidden()
        expect(page.locator("[name=q]")).to_be_visible()


def test_at_the_door_by_keyboard_alone(desk: Host, browser: Browser) -> None:
    """A2, A6: the code, Enter, the button, Enter."""
    desk.load(office.content())
    number = register(desk)
    with visit(browser, desk.address, "en") as page:
        page.goto(f"{start('en')}events/plattform/check-in/")
        page.locator("[name=q]").focus()
        page.keyboard.type(code_of(desk, number))
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(rf"/check-in/{number}/#sl-party$"))
        page.locator("main form[action$='/check-in'] button").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".sl-door-go[role=status]")).to_be_visible()
    assert column(desk, number, "checked_in_at") is not None

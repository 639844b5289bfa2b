"""The door without a network, in a real browser that loses it and finds it again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from flask_stadtlabor.folding import person_search_words, search_form
from flask_stadtlabor.registration.models import OfflineArrival
from flask_stadtlabor.registration.ticket_codes import readable
from tests import factories
from tests.browser.test_staff import DETECTOR
from tests.browser.visit import check, checks, visit
from tests.factories import PHOTOS, exchange, open_event, purpose
from tests.forms import press
from tests.host import Host
from tests.organise.staff import code_of, column, register

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

EN = "/stadtlabor/en/organise/events/plattform/check-in/"


def load(desk: Host, **registration: Any) -> None:
    """An event that begins in a moment."""
    soon = factories.event_in(0.01)
    dates = {key: soon[key] for key in ("starts_at", "ends_at")}
    details = {"max_party_size": 5, "ask_support": True, **registration}
    desk.load(exchange(open_event(registration=details, **dates), purposes=[purpose(PHOTOS)]))


def prepare(page: Page, door: str = EN) -> None:
    """From the door with a network to the one without."""
    page.goto(door)
    page.locator("[data-stadtlabor-offline] a").click()
    page.locator("[data-part=prepare-now]").click()
    expect(page.locator("[data-part=prepared]")).to_be_visible()


def search(page: Page, text: str) -> None:
    page.fill("[name=q]", text)
    page.keyboard.press("Enter")


def let_in(page: Page, text: str) -> None:
    search(page, text)
    page.locator("[data-part=let-in]").click()


def go_online(page: Page) -> None:
    page.context.set_offline(False)
    expect(page.locator("[data-part=sent]")).to_be_visible()


def test_a_dead_spot_is_survived_and_each_arrival_is_sent_once(
    desk: Host, browser: Browser
) -> None:
    load(desk)
    party = register(desk, 1, given_name="Ärmel", family_name="Öztürk", party_size=3)
    ticket = register(desk, 2)
    with visit(browser, desk.address, "en", in_dead_spots=True) as page:
        prepare(page)
        expect(page.locator("[data-part=prepared]")).to_contain_text("4 people on the list")
        page.context.set_offline(True)
        page.reload()
        expect(page.locator("h1")).to_have_text("Check-in without a network")
        page.fill("[name=q]", "oez")
        expect(page.locator("[data-part=found] a")).to_contain_text("Ärmel Öztürk")
        page.locator("[data-part=found] a").click()
        expect(page.locator("[data-part=name]")).to_be_focused()
        page.locator("[data-part=fewer] summary").click()
        page.fill("[data-part=how-many]", "2")
        page.locator("[data-part=fewer-form] button").click()
        expect(page.locator("[data-part=kept]")).to_contain_text("Not sent yet")
        expect(page.locator("[data-part=kept]")).to_contain_text("Here: 2 of 3")
        let_in(page, readable(code_of(desk, ticket)).lower())
        expect(page.locator("[data-part=unsent] [data-slot=unsent]")).to_have_text("2")
        page.reload()
        expect(page.locator("[data-part=arrivals] li")).to_have_count(2)
        # any other page of the door leads to the one that works
        page.goto(f"{EN}{party}/")
        expect(page).to_have_url(re.compile("/check-in/offline/$"))
        expect(page.locator("[data-part=arrivals] li")).to_have_count(2)
        assert column(desk, party, "arrived") == 0
        go_online(page)
        expect(page.locator("[data-part=arrivals] .sl-offline-recorded")).to_have_count(2)
        page.reload()
        expect(page.locator("[data-part=sent]")).to_be_visible()
    assert column(desk, party, "arrived") == 2
    assert column(desk, ticket, "arrived") == 1
    assert desk.scalar(select(func.count()).select_from(OfflineArrival)) == 2


NAMES = (
    "Ärmel Öztürk", "Siobhán O’Neill", "Gisela Müller-Lüdenscheidt", "Łukasz Żółć", "Max Groß",
    "İbrahim Yıldız", "Đorđe Petrović", "Åse Bjørnsen", "Nguyễn Thị Hạnh", "محمد", "李 小龍",
)  # fmt: skip
SEARCH = """async ([address, names]) => {
  const { searchable, wordsOf } = await import(address);
  return names.map((name) => [searchable(name), wordsOf(name).join(" ")]);
}"""


def test_the_device_finds_a_name_in_each_spelling_in_which_the_server_does(
    desk: Host, browser: Browser
) -> None:
    load(desk)
    with visit(browser, desk.address, "en") as page:
        page.goto(f"{EN}offline/")
        address = page.locator("[data-search]").get_attribute("data-search")
        found = page.evaluate(SEARCH, [address, list(NAMES)])
    for name, (kept, asked) in zip(NAMES, found, strict=True):
        assert sorted(kept.split()) == sorted(search_form([name]).split()), name
        assert asked.split() == person_search_words(name), name


def test_what_is_not_sent_yet_is_taken_back(desk: Host, browser: Browser) -> None:
    load(desk)
    number = register(desk)
    with visit(browser, desk.address, "en", in_dead_spots=True) as page:
        prepare(page)
        page.context.set_offline(True)
        let_in(page, "anne")
        page.locator("[data-part=undo]").click()
        expect(page.locator("[data-part=come]")).to_be_visible()
        page.locator("[data-part=let-in]").click()
        page.locator("[data-part=arrivals] button").click()
        expect(page.locator("[data-part=log]")).to_be_hidden()
        page.context.set_offline(False)
        page.reload()
        expect(page.locator("[data-part=prepared]")).to_be_visible()
    assert column(desk, number, "checked_in_at") is None


def test_an_answer_that_got_lost_makes_no_second_arrival(desk: Host, browser: Browser) -> None:
    """And what may have been sent can no longer be taken back here."""
    load(desk)
    number = register(desk, party_size=2)
    with visit(browser, desk.address, "en", in_dead_spots=True) as page:
        prepare(page)

        def lose(route: Any) -> None:
            if '"key"' in (route.request.post_data or ""):
                route.fetch()
                route.abort()
            else:
                route.continue_()

        page.context.route("**/offline/arrivals", lose)
        let_in(page, "anne")
        expect(page.locator("[data-part=unsent]")).to_be_visible()
        expect(page.locator("[data-part=undo]")).to_be_hidden()
        expect(page.locator("[data-part=arrivals] button")).to_have_count(0)
        assert column(desk, number, "arrived") == 2
        other = page.context.new_page()
        other.goto(EN)
        expect(other.locator("[data-unsent]")).to_have_text("Not sent yet: 1")
        other.close()
        page.context.unroute("**/offline/arrivals")
        page.locator("[data-part=send-now]").click()
        expect(page.locator("[data-part=sent]")).to_be_visible()
    assert column(desk, number, "arrived") == 2


def test_the_camera_finds_a_party_without_a_network(desk: Host, browser: Browser) -> None:
    """By the scanner of the door, which says what it read instead of asking the server."""
    load(desk)
    number = register(desk)
    register(desk, 2)
    address = f"{desk.address}/stadtlabor/de/organise/tickets/{code_of(desk, number)}"
    with visit(browser, desk.address, "en", in_dead_spots=True) as page:
        page.add_init_script(DETECTOR.replace("ADDRESS", address))
        prepare(page)
        page.context.set_offline(True)
        page.locator("[data-start]").click()
        expect(page.locator("[data-part=name]")).to_have_text("Änne Yıldız-1")
        page.locator("[data-part=let-in]").click()
        expect(page.locator("[data-part=kept]")).to_be_visible()
        go_online(page)
    assert column(desk, number, "arrived") == 1


def test_what_another_tab_took_back_is_not_sent(desk: Host, browser: Browser) -> None:
    load(desk)
    number = register(desk)
    with visit(browser, desk.address, "en", in_dead_spots=True) as page:
        prepare(page)
        page.context.set_offline(True)
        let_in(page, "anne")
        expect(page.locator("[data-part=undo]")).to_be_visible()
        other = page.context.new_page()
        other.goto(f"{EN}offline/")
        expect(other.locator("[data-part=unsent]")).to_be_visible()
        page.locator("[data-part=undo]").click()
        expect(page.locator("[data-part=log]")).to_be_hidden()
        with other.expect_response("**/offline/list"):
            page.context.set_offline(False)
        expect(other.locator("[data-part=log]")).to_be_hidden()
    assert column(desk, number, "checked_in_at") is None


def test_the_second_of_two_doors_sees_when_and_where_the_first_was(
    desk: Host, browser: Browser
) -> None:
    load(desk)
    number = register(desk, party_size=2)
    with visit(browser, desk.address, "en", in_dead_spots=True) as page:
        prepare(page)
        page.context.set_offline(True)
        let_in(page, "anne")
        other = desk.client()
        other.post(f"{EN}door", data={"door": "Hof"})
        press(other, f"{EN}{number}/", "/check-in")
        go_online(page)
        expect(page.locator("[data-part=already]")).to_contain_text("Already here: 2 people")
        row = page.locator("[data-part=arrivals] .sl-offline-already")
        expect(row).to_contain_text("Came in at two doors")
        check(page)
    assert column(desk, number, "arrived") == 2


@pytest.mark.parametrize("answer", [403, 302], ids=["refused", "led-to-sign-in"])
def test_after_a_sign_out_the_names_are_gone_and_the_arrivals_are_kept(
    desk: Host, browser: Browser, answer: int
) -> None:
    """However a host answers somebody who is not signed in."""
    load(desk)
    number = register(desk)
    is_in = [True]
    sign_in = {"Location": "/sign-in"} if answer == 302 else {}
    # as a host of this kind would from its start
    before = desk.app.before_request_funcs.setdefault(None, [])
    before.append(lambda: None if is_in[0] else ("", answer, sign_in))
    with visit(browser, desk.address, "en", in_dead_spots=True) as page:
        prepare(page)
        page.context.set_offline(True)
        let_in(page, "anne")
        expect(page.locator("[data-part=unsent]")).to_be_visible()
        is_in[0] = False
        page.context.set_offline(False)
        signed_out = page.locator("[data-part=signed-out]")
        expect(signed_out).to_be_visible()
        expect(signed_out).to_contain_text("Please sign in again.")
        expect(signed_out).to_contain_text("Not sent yet: 1")
        expect(page.locator("[data-part=arrivals] li")).to_contain_text(f"Registration {number}")
        assert kept_by(page) == {"lists": 0, "arrivals": 1, "caches": 1, "workers": 1}
        check(page)
        page.reload()
        expect(signed_out).to_be_visible()
        assert "Änne" not in page.locator("main").inner_text()
        is_in[0] = True
        page.reload()
        expect(page.locator("[data-part=sent]")).to_be_visible()
        expect(page.locator("[data-part=prepare-now]")).to_be_visible()
    assert column(desk, number, "arrived") == 1


def test_everything_can_be_deleted_at_once(desk: Host, browser: Browser) -> None:
    load(desk)
    register(desk)
    with visit(browser, desk.address, "en", in_dead_spots=True) as page:
        prepare(page)
        let_in(page, "anne")
        expect(page.locator("[data-part=sent]")).to_be_visible()
        page.locator("[data-part=wipe] summary").click()
        page.locator("[data-part=wipe-now]").click()
        expect(page.locator("[data-part=prepare-now]")).to_be_focused()
        assert kept_by(page) == {"lists": 0, "arrivals": 0, "caches": 0, "workers": 0}


KEPT = """async () => {
  const request = indexedDB.open("stadtlabor-door");
  await new Promise((resolve) => request.addEventListener("success", resolve));
  const count = (name) => new Promise((resolve) => {
    const asked = request.result.transaction(name).objectStore(name).count();
    asked.addEventListener("success", () => resolve(asked.result));
  });
  return {
    lists: await count("lists"),
    arrivals: await count("arrivals"),
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  };
}"""


def kept_by(page: Page) -> dict[str, int]:
    """What is on the device."""
    return dict(page.evaluate(KEPT))


def test_a_day_after_the_event_all_is_gone_without_a_network(desk: Host, browser: Browser) -> None:
    load(desk)
    register(desk)
    with visit(browser, desk.address, "en", in_dead_spots=True) as page:
        prepare(page)
        page.context.set_offline(True)
        let_in(page, "anne")
        later = "const real = Date.now; Date.now = () => real() + 30 * 3600 * 1000;"
        page.add_init_script(later)
        page.reload()
        expect(page.locator("[data-part=prepare-now]")).to_be_visible()
        expect(page.locator("[data-part=unsent]")).to_be_hidden()
        assert kept_by(page) == {"lists": 0, "arrivals": 0, "caches": 0, "workers": 0}


def test_a_browser_that_keeps_no_pages_has_the_door_as_ever(desk: Host, browser: Browser) -> None:
    load(desk)
    with visit(browser, desk.address, "en") as page:
        page.add_init_script("delete Navigator.prototype.serviceWorker;")
        page.goto(EN)
        expect(page.locator("[name=q]")).to_be_visible()
        expect(page.locator("[data-stadtlabor-offline]")).to_be_hidden()
        page.goto(f"{EN}offline/")
        expect(page.locator("[data-part=unsupported]")).to_be_visible()
    with visit(browser, desk.address, "en", javascript=False) as page:
        page.goto(EN)
        expect(page.locator("[data-stadtlabor-offline]")).to_be_hidden()


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_state_of_the_page_is_accessible(desk: Host, browser: Browser, language: str) -> None:
    """A1, A6."""
    load(desk)
    answers = {f"consent-{PHOTOS}": "refused"}
    register(desk, 1, party_size=3, support_needs="Schriftmittlung", **answers)
    register(desk, 2)
    with visit(browser, desk.address, language, in_dead_spots=True) as page:
        door = EN.replace("/en/", f"/{language}/")
        page.goto(f"{door}offline/")
        expect(page.locator("[data-part=prepare-now]")).to_be_visible()
        checks(language)(page)
        prepare(page, door)
        page.fill("[name=q]", "anne")
        expect(page.locator("[data-part=found] li")).to_have_count(2)
        checks(language)(page)
        page.locator("[data-part=found] a").first.click()
        expect(page.locator("[data-part=needs]")).to_contain_text("Schriftmittlung")
        expect(page.locator(".sl-photo-no")).to_be_visible()
        checks(language)(page)
        page.context.set_offline(True)
        page.locator("[data-part=let-in]").click()
        expect(page.locator("[data-part=kept]")).to_be_visible()
        checks(language)(page)
        go_online(page)
        checks(language)(page)

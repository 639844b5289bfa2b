"""Each page and each button of staff asks the host's policy for its own right (S12)."""

from __future__ import annotations

import pytest

from flask_stadtlabor import Action
from tests.factories import PHOTOS, exchange, open_event
from tests.forms import page
from tests.host import Host
from tests.organise.staff import DESK, DOOR, HERE, register, staff_of

TEXT = f"{DESK}texts/{PHOTOS}/"
PAGES = {
    Action.ORGANISE: [HERE, f"{HERE}mails/", f"{HERE}mails/reminder/de/"],
    Action.SEE_REGISTRATIONS: [
        f"{HERE}registrations/1/", f"{HERE}registrations.csv", f"{HERE}registrations.xlsx",
        f"{HERE}list", f"{HERE}badges",
    ],
    Action.MANAGE_REGISTRATIONS: [f"{HERE}register", f"{DESK}notices/"],
    Action.CHECK_IN: [DOOR, f"{DOOR}1/", f"{DESK}tickets/7KMQ2XW9RT"],
    Action.WRITE: [f"{HERE}message", f"{HERE}message/1/"],
    Action.EXPORT: [f"{HERE}registrations.csv", f"{HERE}registrations.xlsx"],
    Action.REPORT_CONSENT: [
        f"{HERE}consents", f"{HERE}consents.csv", f"{HERE}consents.json", f"{HERE}no-photos",
    ],
    Action.SEE_FEEDBACK: [f"{HERE}feedback"],
    Action.SEE_NUMBERS: [f"{DESK}numbers", f"{HERE}numbers"],
    Action.TAKE_DOWN: [f"{DESK}take-downs/", f"{HERE}publications/"],
    Action.EDIT: [f"{DESK}languages/", f"{DESK}languages/en/", f"{DESK}languages/en/texts.po"],
    Action.EDIT_TEXTS: [f"{DESK}texts/", f"{DESK}texts/new", TEXT, f"{TEXT}edit", f"{TEXT}preview"],
}  # fmt: skip
BUTTONS = {
    Action.MANAGE_REGISTRATIONS: [
        *(
            f"{HERE}registrations/1/{button}"
            for button in ("confirm", "promote", "cancel", "sheet")
        ),
        f"{HERE}notices/1/done", f"{HERE}register",
    ],
    Action.CHECK_IN: [
        *(
            f"{HERE}registrations/1/{button}"
            for button in ("check-in", "let-in", "undo-check-in", "consents")
        ),
        f"{DOOR}door",
    ],
    Action.EDIT: [
        *(f"{HERE}{button}" for button in ("draft", "edit/text/preview", "preview-text", "pasted")),
        f"{DESK}languages/en/",
    ],
    Action.WRITE: [f"{HERE}message"],
    Action.TAKE_DOWN: [
        f"{DESK}take-downs/1/done", f"{HERE}publications/record",
        f"{HERE}publications/1/taken-down",
    ],
    Action.EDIT_TEXTS: [f"{DESK}texts/new", f"{TEXT}edit", f"{TEXT}discard"],
    Action.PUBLISH_TEXTS: [f"{TEXT}publish"],
}  # fmt: skip


@pytest.mark.one_database
@pytest.mark.parametrize("action", [*Action])
def test_without_a_right_its_pages_and_buttons_are_closed(host: Host, action: Action) -> None:
    """All other rights together do not open them."""
    host.load(exchange(open_event()))
    register(host)
    staff = staff_of(host, without=[action]).client()
    pages, buttons = PAGES.get(action, []), BUTTONS.get(action, [])
    assert {path: staff.get(path).status_code for path in pages} == dict.fromkeys(pages, 403)
    assert {path: staff.post(path).status_code for path in buttons} == dict.fromkeys(buttons, 403)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("right", "ways"),
    [
        (Action.CHECK_IN, [DOOR]),
        (Action.REPORT_CONSENT, [f"{HERE}consents", f"{HERE}no-photos"]),
        (Action.SEE_NUMBERS, [f"{HERE}numbers"]),
        (Action.TAKE_DOWN, [f"{HERE}publications/"]),
        (Action.MANAGE_REGISTRATIONS, [f"{HERE}register"]),
        (Action.WRITE, [f"{HERE}message"]),
    ],
)
def test_one_right_alone_has_a_way_in(host: Host, right: Action, ways: list[str]) -> None:
    """The front page shows what they may open, and nothing on it or behind it is closed to them."""
    host.load(exchange(open_event(), open_event("andere")))
    everything_else = [action for action in Action if action != right]
    staff = staff_of(host, without=everything_else, only="plattform").client()
    front = staff.get(DESK)
    assert front.status_code == 200
    there = [link["href"] for link in page(front).select(".sl-desk-events a")]
    assert there == ways
    for way in ways:
        opened = staff.get(way)
        assert opened.status_code == 200
        ours = page(opened).select(".stadtlabor a[href^='/stadtlabor/en/organise/']")
        assert {staff.get(str(link["href"])).status_code for link in ours} == {200}


@pytest.mark.one_database
def test_whoever_may_do_nothing_finds_no_way_in(host: Host) -> None:
    host.load(exchange(open_event()))
    nothing = [action for action in Action if action != Action.PREVIEW]
    assert staff_of(host, without=nothing).client().get(DESK).status_code == 403
    # a right at every event counts before there is any
    assert staff_of(host, without=nothing[1:], only="keins").client().get(DESK).status_code == 200


@pytest.mark.one_database
def test_the_policy_is_asked_about_the_event_of_each_button(host: Host) -> None:
    host.load(exchange(open_event(), open_event("andere")))
    register(host)
    staff = staff_of(host, only="andere").client()
    closed = [path for paths in BUTTONS.values() for path in paths if path.startswith(HERE)]
    assert {path: staff.post(path).status_code for path in closed} == dict.fromkeys(closed, 403)

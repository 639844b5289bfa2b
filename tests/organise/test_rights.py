"""Each page and each button of staff asks the host's policy for its own right (S12)."""

from __future__ import annotations

import pytest

from flask_stadtlabor import Action
from tests.factories import PHOTOS, exchange, open_event
from tests.host import Host
from tests.organise.staff import DESK, DOOR, HERE, register, staff_of

TEXT = f"{DESK}texts/{PHOTOS}/"
PAGES = {
    Action.ORGANISE: [DESK, HERE, f"{HERE}mails/", f"{HERE}mails/reminder/de/"],
    Action.SEE_REGISTRATIONS: [f"{HERE}registrations/1/"],
    Action.MANAGE_REGISTRATIONS: [f"{HERE}register", f"{DESK}notices/"],
    Action.CHECK_IN: [DOOR, f"{DOOR}1/", f"{DESK}tickets/7KMQ2XW9RT"],
    Action.REPORT_CONSENT: [
        f"{HERE}consents", f"{HERE}consents.csv", f"{HERE}consents.json", f"{HERE}no-photos",
    ],
    Action.TAKE_DOWN: [f"{DESK}take-downs/", f"{HERE}publications/"],
    Action.EDIT_TEXTS: [f"{DESK}texts/", f"{DESK}texts/new", TEXT, f"{TEXT}edit", f"{TEXT}preview"],
}  # fmt: skip
BUTTONS = {
    Action.MANAGE_REGISTRATIONS: [
        *(f"{HERE}registrations/1/{button}" for button in ("confirm", "cancel", "sheet")),
        f"{HERE}notices/1/done", f"{HERE}register",
    ],
    Action.CHECK_IN: [
        *(
            f"{HERE}registrations/1/{button}"
            for button in ("check-in", "let-in", "undo-check-in", "consents")
        ),
        f"{DOOR}door",
    ],
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
def test_the_policy_is_asked_about_the_event_of_each_button(host: Host) -> None:
    host.load(exchange(open_event(), open_event("andere")))
    register(host)
    staff = staff_of(host, only="andere").client()
    closed = [path for paths in BUTTONS.values() for path in paths if path.startswith(HERE)]
    assert {path: staff.post(path).status_code for path in closed} == dict.fromkeys(closed, 403)

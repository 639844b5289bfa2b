"""The list to sign, and badges."""

from __future__ import annotations

import pytest

from tests.events.desk import statements
from tests.factories import PHOTOS, exchange, open_event
from tests.forms import page
from tests.host import Host
from tests.organise.staff import HERE, fill_event, register, staff_of

LIST, BADGES = f"{HERE}list", f"{HERE}badges"
FIELD = f"consent-{PHOTOS}"


@pytest.mark.one_database
def test_each_has_a_line_and_a_badge_with_the_photo_answer(host: Host) -> None:
    """As a word, and as a sign that is another for each; a companion was never asked."""
    host.load(exchange(open_event(registration={"companion_names": "optional"})))
    register(host, 1, family_name="Ja", **{FIELD: "given"})
    party = {"party_size": "3", "companion-1": "Ben <b>"}
    register(host, 2, family_name="Nein", **party, **{FIELD: "refused"})
    register(host, 3, family_name="Offen")
    register(host, 4, family_name="Wartet", confirm=False, **{FIELD: "given"})
    staff = staff_of(host).client()
    rows = page(staff.get(f"{LIST}?state=confirmed")).select(".sl-signing tbody tr")
    said = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in rows]
    assert said == [
        ["Änne Ja", "Photos: yes", ""],
        ["Änne Nein", "No photos", ""],
        ["Ben <b> Companion of Änne Nein", "Ask about photos", ""],
        ["Companion of Änne Nein", "Ask about photos", ""],
        ["Änne Offen", "Ask about photos", ""],
    ]
    signs = [str(row.select_one("svg")) for row in rows]
    assert len({signs[0], signs[1], signs[2]}) == 3
    shown = page(staff.get(BADGES)).select(".sl-badges li")
    names = [badge.select_one(".sl-badge-name") for badge in shown]
    assert [name.get_text(strip=True) for name in names if name] == [
        "Änne Ja", "Änne Nein", "Ben <b>", "Companion of Änne Nein", "Änne Offen", "Änne Wartet",
    ]  # fmt: skip
    assert "Ask about photos" in shown[-1].get_text()


@pytest.mark.one_database
def test_the_list_marks_who_has_not_confirmed_and_can_be_scrolled(host: Host) -> None:
    host.load(exchange(open_event()))
    register(host, 1, family_name="Kommt")
    register(host, 2, family_name="Wartet", confirm=False)
    shown = page(staff_of(host).client().get(LIST))
    lines = [each.get_text(" ", strip=True) for each in shown.select(".sl-signing tbody th")]
    assert lines == ["Änne Kommt", "Änne Wartet Not confirmed yet"]
    region = shown.select_one("[role=region][tabindex='0'][aria-label='Signing list']")
    assert region is not None
    assert region.select_one("table")


@pytest.mark.one_database
@pytest.mark.parametrize("address", [LIST, BADGES, f"{HERE}no-photos"])
def test_what_is_to_be_printed_has_a_button_where_there_are_scripts(
    host: Host, address: str
) -> None:
    host.load(exchange(open_event()))
    register(host)
    shown = page(staff_of(host).client().get(address))
    button = shown.select_one("button[data-stadtlabor-print][hidden]")
    assert button is not None
    assert button.get_text() == "Print"
    assert shown.select_one("script[type=module][src*='/print.']")


@pytest.mark.one_database
def test_more_people_take_no_more_statements(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": None})))
    staff = staff_of(host)
    browser, counted = staff.client(), []
    for people in (2, 60):
        fill_event(host, people)
        for address in (LIST, BADGES):
            browser.get(address)
            with statements(staff) as seen:
                assert browser.get(address).status_code == 200
            counted.append(len(seen))
    assert len(set(counted)) == 1, counted

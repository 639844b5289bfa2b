"""The programme in the editor, by fields alone: order, copies, times that follow, what is odd."""

from __future__ import annotations

from typing import Any

import pytest

from flask_stadtlabor.editor.programme import oddities
from tests.factories import exchange, open_event, question
from tests.forms import fill, page
from tests.host import Host
from tests.organise.staff import HERE, staff_of, words_of

pytestmark = pytest.mark.one_database

PROGRAMME = f"{HERE}edit/programme"


def item(starts_at: str, title: str) -> dict[str, Any]:
    return {"starts_at": starts_at, "title": title}


@pytest.fixture
def desk(host: Host) -> Host:
    times = ("17:30", "17:45", "18:15", "18:30")
    host.load(exchange(open_event(programme=[item(at, f"Um {at}") for at in times])))
    return staff_of(host)


def listed(desk: Host, **given: str) -> list[tuple[str, str]]:
    """The times and titles after these fields were filled in and saved."""
    staff = desk.client()
    sent = {f"programme[{name[1]}].{name[3:]}": value for name, value in given.items()}
    assert fill(staff, PROGRAMME, sent, action="/programme").status_code == 303
    shown = page(staff.get(PROGRAMME))
    items = shown.select(".sl-edit-list > fieldset.sl-edit-item")
    return [
        (
            str(found.select_one("[name$='.starts_at']")["value"]),  # type: ignore[index]
            str(found.select_one("[name$='.title.de']")["value"]),  # type: ignore[index]
        )
        for found in items
    ]


def test_the_ninth_item_goes_to_the_first_place_by_one_field(host: Host) -> None:
    """Case 13."""
    items = [item(f"{17 + number // 6}:{number % 6}0", f"Nr. {number}") for number in range(1, 10)]
    host.load(exchange(open_event(programme=items)))
    found = listed(staff_of(host), _8_position="1")
    assert [title for _, title in found] == ["Nr. 9", *(f"Nr. {number}" for number in range(1, 9))]


def test_the_items_after_one_are_shifted_where_somebody_says_so(desk: Host) -> None:
    """By as much as its time was changed; an item whose time is typed anew keeps that."""
    assert listed(desk, _1_starts_at="18:00", _1_shift="true") == [
        ("17:30", "Um 17:30"), ("18:00", "Um 17:45"), ("18:30", "Um 18:15"), ("18:45", "Um 18:30"),
    ]  # fmt: skip
    back = listed(desk, _0_starts_at="17:20", _0_shift="true", _2_starts_at="18:40")
    assert [at for at, _ in back] == ["17:20", "17:50", "18:40", "18:35"]


def test_without_that_no_other_time_changes(desk: Host) -> None:
    changed = listed(desk, _1_starts_at="18:00")
    assert [at for at, _ in changed] == ["17:30", "18:00", "18:15", "18:30"]
    unchanged = listed(desk, _0_shift="true")
    assert [at for at, _ in unchanged] == ["17:30", "18:00", "18:15", "18:30"]


def test_times_go_on_after_midnight(desk: Host) -> None:
    late = listed(desk, _0_starts_at="23:00", _0_shift="true")
    assert [at for at, _ in late] == ["23:00", "23:15", "23:45", "00:00"]


def test_an_item_is_copied_below_itself(desk: Host) -> None:
    copied = listed(desk, _1_copy="true", _3_remove="true")
    assert copied == [
        ("17:30", "Um 17:30"), ("17:45", "Um 17:45"), ("17:45", "Um 17:45"), ("18:15", "Um 18:15"),
    ]  # fmt: skip


def test_an_item_outside_of_the_event_is_told_at_the_item_and_can_be_removed(desk: Host) -> None:
    """Case 13; it keeps nothing from being saved or published."""
    listed(desk, _3_starts_at="19:30")
    staff = desk.client()
    odd = page(staff.get(PROGRAMME)).select("#sl-programme-3 > .sl-edit-warning")
    assert [told.get_text() for told in odd] == [
        "Item 4 of the programme is at 19:30, and the event is from 17:30 to 19:00."
    ]
    assert page(staff.get(f"{HERE}review")).select_one(f"a[href='{HERE}publish']")
    assert [at for at, _ in listed(desk, _3_remove="true")] == ["17:30", "17:45", "18:15"]
    assert not page(staff.get(PROGRAMME)).select(".sl-edit-warning")
    assert "Item 4" not in words_of(staff, f"{HERE}review")


def test_other_lists_have_no_box_to_copy_or_shift(host: Host) -> None:
    asked = {"questions": [question("woher"), question("wohin")]}
    host.load(exchange(open_event(registration=asked)))
    shown = page(staff_of(host).client().get(f"{HERE}edit/registration"))
    assert shown.select("[name='registration.questions[0].remove']")
    assert not shown.select("[name$='.copy'], [name$='.shift']")


@pytest.mark.parametrize(
    ("ends_at", "times", "odd"),
    [
        ("2026-04-22T19:00", ["17:30", "18:00", "19:00"], []),
        ("2026-04-22T19:00", ["17:00", "18:00"], [0]),
        ("2026-04-22T19:00", ["18:00", "17:45", "18:30"], [1]),
        ("2026-04-22T19:00", ["18:00", "19:01"], [1]),
        ("2026-04-22T19:00", ["18:00", "18:00"], []),
        ("2026-04-23T02:00", ["18:00", "23:00", "00:30"], []),
        ("2026-04-23T02:00", ["01:00"], []),
        ("2026-04-23T02:00", ["18:00", "03:00"], [1]),
        ("2026-04-24T12:00", ["18:00", "09:00", "09:00", "08:00"], []),
        ("nie", ["03:00"], []),
        ("2026-04-22T19:00", ["25:00"], []),
        ("2026-04-22T19:00", [], []),
    ],
)
def test_what_is_odd_about_a_programme(
    host: Host, ends_at: str, times: list[str], odd: list[int]
) -> None:
    document = {
        "starts_at": "2026-04-22T17:30", "ends_at": ends_at,
        "programme": [item(at, "x") for at in times],
    }  # fmt: skip
    with host.app.app_context():
        assert [index for index, _ in oddities(document)] == odd

"""Changing the start on the page of times moves the other times along, unless that is declined."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from flask_stadtlabor.events.models import Event
from tests.factories import event, exchange, registration
from tests.forms import fill, page, send
from tests.host import Host
from tests.organise.staff import HERE, staff_of, words_of

pytestmark = pytest.mark.one_database

TIME = f"{HERE}edit/time"
OPENS, CLOSES = "2026-04-01T08:00", "2026-04-21T12:00"


@pytest.fixture
def desk(host: Host) -> Host:
    """A draft on 22 April 2026, 17:30 to 19:00, with doors and times of registration."""
    taking = registration(opens_at=OPENS, closes_at=CLOSES)
    host.load(exchange(event(status="draft", doors_at="2026-04-22T17:00", registration=taking)))
    return staff_of(host)


def change(staff: FlaskClient, **given: str | None) -> Any:
    return fill(staff, TIME, given, action="/time")


def kept(desk: Host) -> list[str]:
    """Start, end, doors, opening and closing, as the file has them."""
    (entry,) = json.loads(desk.run("export").output)["events"]
    taking = entry.get("registration") or {}
    times = [entry.get(name) for name in ("starts_at", "ends_at", "doors_at")]
    return [*times, taking.get("opens_at"), taking.get("closes_at")]


def choices(shown: Any, options: str = "option") -> list[str]:
    """What the field offers that asks which of two times is meant."""
    found = page(shown).select(f"[name='ends_at.offset'] {options}")
    return [option.get_text(strip=True) for option in found]


def test_all_other_times_keep_their_distance_by_the_wall(desk: Host) -> None:
    staff = desk.client()
    shown = words_of(staff, TIME)
    assert "Registration closes: Tuesday, 21 April 2026, 12:00" in shown
    assert change(staff, starts_at="2026-10-28T17:00").status_code == 303
    assert kept(desk) == [
        "2026-10-28T17:00", "2026-10-28T18:30", "2026-10-28T16:30", "2026-10-07T07:30",
        "2026-10-27T11:30",
    ]  # fmt: skip


def test_it_can_be_declined(desk: Host) -> None:
    staff = desk.client()
    assert change(staff, starts_at="2026-04-22T17:15", along=None).status_code == 303
    assert kept(desk) == [
        "2026-04-22T17:15", "2026-04-22T19:00", "2026-04-22T17:00", OPENS, CLOSES,
    ]  # fmt: skip


def test_what_somebody_changes_as_well_stays_as_they_wrote_it(desk: Host) -> None:
    staff = desk.client()
    changed = {"starts_at": "2026-04-23T17:30", "ends_at": "2026-04-23T22:00"}
    assert change(staff, **changed).status_code == 303
    assert kept(desk) == [
        "2026-04-23T17:30", "2026-04-23T22:00", "2026-04-23T17:00", "2026-04-02T08:00",
        "2026-04-22T12:00",
    ]  # fmt: skip


def test_a_time_that_would_not_exist_is_asked_about(desk: Host) -> None:
    """The doors would open at 02:30 in the night in which that hour is left out."""
    staff = desk.client()
    asked = change(staff, starts_at="2027-03-28T03:00")
    assert asked.status_code == 422
    assert "this time does not exist" in page(asked).get_text(" ")
    later = {"doors_at": "2027-03-28T03:00"}
    assert send(staff, asked, later, action="/time").status_code == 303
    assert kept(desk)[:3] == ["2027-03-28T03:00", "2027-03-28T04:30", "2027-03-28T03:00"]


def test_a_start_that_is_none_moves_nothing(desk: Host) -> None:
    refused = change(desk.client(), starts_at="soon")
    assert refused.status_code == 422
    box = page(refused).select_one("[name=ends_at]")
    assert box is not None
    assert box["value"] == "2026-04-22T19:00"


def test_another_editor_who_changed_a_time_meanwhile_is_not_overwritten(desk: Host) -> None:
    staff = desk.client()
    opened = staff.get(TIME)
    other = {"registration.closes_at": "2026-04-20T12:00"}
    fill(staff, f"{HERE}edit/registration", other, action="/registration")
    both = send(staff, opened, {"starts_at": "2026-04-23T17:30"}, action="/time")
    assert both.status_code == 409
    assert kept(desk)[4] == "2026-04-20T12:00"


def test_of_a_time_that_comes_twice_the_chosen_one_stays(desk: Host) -> None:
    """Whatever else is saved with the box ticked in that night."""
    staff = desk.client()
    night = {"starts_at": "2026-10-25T01:00", "ends_at": "2026-10-25T02:30", "doors_at": ""}
    asked = change(staff, **night)
    assert asked.status_code == 422
    assert "this time comes twice" in page(asked).get_text(" ")
    assert choices(asked) == [
        "The first of the two (UTC+02:00)", "The second of the two (UTC+01:00)",
    ]  # fmt: skip
    assert send(staff, asked, {"ends_at.offset": "+01:00"}, action="/time").status_code == 303
    again = staff.get(TIME)
    assert len(choices(again)) == 2
    assert choices(again, "option[selected]") == ["The second of the two (UTC+01:00)"]
    assert change(staff, doors_at="2026-10-25T00:30").status_code == 303
    assert kept(desk)[:3] == ["2026-10-25T01:00", "2026-10-25T02:30+01:00", "2026-10-25T00:30"]


@pytest.mark.parametrize(
    ("day", "moved"),
    [("2026-10-26", "2026-10-25T02:30+02:00"), ("2027-03-29", "2027-03-28T03:30")],
)
def test_registration_opens_by_the_first_of_two_hours_and_after_a_gap(
    host: Host, day: str, moved: str
) -> None:
    """RFC 5545: the page of times has no field for it, so that nobody could be asked."""
    taking = registration(opens_at="2026-04-21T02:30", closes_at=CLOSES)
    host.load(exchange(event(status="draft", registration=taking)))
    staff = staff_of(host).client()
    assert change(staff, starts_at=f"{day}T17:30").status_code == 303
    assert kept(host)[3] == moved


def test_a_move_into_an_hour_that_comes_twice_asks_which_is_meant(host: Host) -> None:
    taking = registration(opens_at=OPENS, closes_at=CLOSES)
    host.load(exchange(event(registration=taking)))
    staff = staff_of(host).client()
    address, twice = f"{HERE}move", {"starts_at": "2026-10-25T02:30"}
    asked = staff.get(address, query_string=twice)
    assert asked.status_code == 422
    assert "this time comes twice" in page(asked).get_text(" ")
    shown = staff.get(address, query_string=twice | {"starts_at.offset": "+01:00"})
    assert shown.status_code == 200
    assert send(staff, shown, action="/move").status_code == 303
    assert kept(host)[0] == "2026-10-25T02:30+01:00"


def test_a_time_that_was_asked_about_belongs_to_the_start_beside_it(host: Host) -> None:
    """With another start it moves along as all others do."""
    host.load(exchange(event(doors_at="2026-04-22T17:00")))
    staff = staff_of(host).client()
    address, night = f"{HERE}move", {"starts_at": "2027-03-28T03:00"}
    asked = staff.get(address, query_string=night)
    assert "this time does not exist" in page(asked).get_text(" ")
    shown = staff.get(
        address,
        query_string={**night, "doors_at": "2027-03-28T01:30", "beside": night["starts_at"]},
    )
    assert shown.status_code == 200
    again = send(staff, shown, {"starts_at": "2027-04-04T17:30"}, action="/move")
    assert again.status_code == 409
    assert send(staff, again, action="/move").status_code == 303
    assert kept(host)[2] == "2027-04-04T17:00"


def test_which_hour_comes_twice_is_said_by_the_events_own_zone(host: Host) -> None:
    """London's clocks show another hour twice than those of the portal."""
    host.load(exchange(event(timezone="Europe/London")))
    staff = staff_of(host).client()
    for asked in (
        staff.get(f"{HERE}move", query_string={"starts_at": "2026-10-25T01:30"}),
        fill(staff, f"{HERE}duplicate", {"starts_at": "2026-10-25T01:30"}, action="/duplicate"),
    ):
        assert asked.status_code == 422
        options = page(asked).select("[name='starts_at.offset'] option")
        assert [option["value"] for option in options] == ["+01:00", "+00:00"]


def test_a_copy_into_an_hour_that_comes_twice_asks_which_is_meant(desk: Host) -> None:
    staff = desk.client()
    twice = {"starts_at": "2026-10-25T02:30", "dates": "2026-11-01"}
    asked = fill(staff, f"{HERE}duplicate", twice, action="/duplicate")
    assert asked.status_code == 422
    second = {"starts_at.offset": "+01:00", "doors_at.offset": "+02:00"}
    shown = send(staff, asked, second, action="/duplicate")
    assert shown.status_code == 200
    assert send(staff, shown, action="/duplicate").status_code == 303
    with desk.app.app_context():
        dates = desk.db.session.scalars(select(Event.starts_at).order_by(Event.starts_at)).all()
    assert [date.isoformat() for date in dates[1:]] == [
        "2026-10-25T01:30:00+00:00", "2026-11-01T01:30:00+00:00",
    ]  # fmt: skip

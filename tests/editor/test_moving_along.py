"""Changing the start on the page of times moves the other times along, unless that is declined."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

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
    taking = entry["registration"]
    return [entry[name] for name in ("starts_at", "ends_at", "doors_at")] + [
        taking["opens_at"], taking["closes_at"],
    ]  # fmt: skip


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

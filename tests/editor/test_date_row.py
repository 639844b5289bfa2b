"""Several dates of an event at once: first all are shown, then all drafts are made or none."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from flask_stadtlabor.events.models import Event
from tests.factories import exchange, open_event, question
from tests.forms import fill, page, send
from tests.host import Host
from tests.organise.staff import HERE, staff_of

COPY = f"{HERE}duplicate"


@pytest.fixture
def desk(host: Host) -> Host:
    """An event on Wednesday, 22 April 2026, 17:30 to 19:00 in Berlin."""
    asks = {"questions": [question("woher")], "closes_at": "2026-04-21T12:00"}
    host.load(exchange(open_event(registration=asks)))
    return staff_of(host)


def ask(staff: FlaskClient, **given: str) -> Any:
    asked = {"starts_at": "2026-10-07T17:30", **given}
    return fill(staff, COPY, asked, action="/duplicate")


def walls(host: Host, name: str = "starts_at") -> list[str]:
    """The times of the copies by the wall, in their order."""
    with host.app.app_context():
        copies = host.db.session.scalars(
            select(Event).where(Event.slug != "plattform").order_by(Event.starts_at)
        )
        return [getattr(copy, name).astimezone(copy.zone).isoformat()[:16] for copy in copies]


def count(host: Host) -> int:
    return int(host.scalar(select(func.count()).select_from(Event)))


def test_a_row_is_shown_before_it_is_made(desk: Host) -> None:
    """Over a change of clocks, with all other times, and as drafts without anybody."""
    staff = desk.client()
    shown = ask(staff, every="week", times="4")
    assert shown.status_code == 200
    dates = page(shown).select("#sl-dates ~ ol li")
    assert [date.get_text().replace("\xa0", " ") for date in dates] == [
        "Wednesday, 7 October 2026, 17:30", "Wednesday, 14 October 2026, 17:30",
        "Wednesday, 21 October 2026, 17:30", "Wednesday, 28 October 2026, 17:30",
    ]  # fmt: skip
    assert count(desk) == 1
    assert send(staff, shown, action="/duplicate").status_code == 303
    assert walls(desk) == [f"2026-10-{day}T17:30" for day in ("07", "14", "21", "28")]
    assert walls(desk, "closes_at") == [f"2026-10-{day}T12:00" for day in ("06", "13", "20", "27")]
    with desk.app.app_context():
        copies = desk.db.session.scalars(select(Event).where(Event.slug != "plattform")).all()
        assert {(copy.status, copy.seats_taken) for copy in copies} == {("draft", 0)}
        assert len({copy.slug for copy in copies}) == 4


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({"every": "two_weeks", "times": "3"}, ["10-07", "10-21", "11-04"]),
        ({"every": "month", "times": "3"}, ["10-07", "11-04", "12-02"]),
        ({"dates": "2026-10-09\n 8.10.2026 \n2026-10-09"}, ["10-07", "10-08", "10-09"]),
        (
            {"starts_at": "2026-09-30T17:30", "every": "month", "times": "3"},
            ["09-30", "10-28", "11-25"],
        ),
    ],
)
def test_the_rhythms_and_the_list(desk: Host, asked: dict[str, str], days: list[str]) -> None:
    """The fifth Wednesday of a month is the last one where there are four."""
    staff = desk.client()
    shown = ask(staff, **asked)
    assert shown.status_code == 200, shown.text
    assert send(staff, shown, action="/duplicate").status_code == 303
    assert walls(desk) == [f"2026-{day}T17:30" for day in days]


@pytest.mark.one_database
def test_another_list_than_the_one_shown_is_shown_anew(desk: Host) -> None:
    staff = desk.client()
    shown = ask(staff, every="week", times="3")
    other = {"dates": "2026-10-20 18:00"}
    again = send(staff, shown, other, action="/duplicate")
    assert again.status_code == 409
    assert "The page now shows what you wrote last." in again.text
    assert count(desk) == 1
    assert send(staff, again, action="/duplicate").status_code == 303
    assert walls(desk) == ["2026-10-07T17:30", "2026-10-20T18:00"]


@pytest.mark.one_database
def test_a_list_that_was_emptied_is_shown_anew_as_well(desk: Host) -> None:
    staff = desk.client()
    again = send(
        staff, ask(staff, every="week", times="3"), {"dates": "", "times": "1"}, action="/duplicate"
    )
    assert again.status_code == 409
    assert "1 draft would be made" in page(again).get_text(" ")
    assert send(staff, again, action="/duplicate").status_code == 303
    assert walls(desk) == ["2026-10-07T17:30"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("asked", "said", "chosen"),
    [
        ({"every": "week"}, "How many dates shall it be? Please write 2 or more.", "week"),
        ({"times": "4"}, "Please say how often it is repeated.", "no"),
    ],
)
def test_half_of_a_rhythm_is_asked_about(
    desk: Host, asked: dict[str, str], said: str, chosen: str
) -> None:
    """In place of one draft, of which nobody knows why it is one."""
    refused = ask(desk.client(), **asked)
    assert refused.status_code == 422
    assert said in page(refused).get_text(" ")
    kept = page(refused).select_one("[name=every] option[selected]")
    assert kept is not None
    assert kept["value"] == chosen
    assert count(desk) == 1


@pytest.mark.one_database
def test_why_the_rhythm_is_only_this_date_again_is_said(desk: Host) -> None:
    staff = desk.client()
    said = "“Repeat it” is therefore back at “Only this date”."
    shown = ask(staff, every="week", times="3")
    assert said in page(shown).get_text(" ")
    again = send(staff, shown, {"dates": "2026-10-20"}, action="/duplicate")
    assert said not in page(again).get_text(" ")


@pytest.mark.one_database
def test_a_time_in_a_gap_and_one_that_comes_twice_are_asked_about(desk: Host) -> None:
    """The dates stand there written out, so that the one in question can be changed."""
    staff = desk.client()
    gap = ask(staff, starts_at="2027-03-21T02:30", every="week", times="3")
    assert gap.status_code == 422
    assert "2027-03-28 02:30: “Start”: this time does not exist" in page(gap).get_text(" ")
    box = page(gap).select_one("textarea[name=dates]")
    assert box is not None
    assert box.get_text().split("\n")[1:] == ["2027-03-28 02:30", "2027-04-04 02:30"]
    mended = {"dates": "2027-03-28T03:30\n2027-04-04T02:30"}
    shown = send(staff, gap, mended, action="/duplicate")
    assert shown.status_code == 200
    assert send(staff, shown, action="/duplicate").status_code == 303
    assert walls(desk) == ["2027-03-21T02:30", "2027-03-28T03:30", "2027-04-04T02:30"]
    twice = ask(staff, starts_at="2026-10-18T02:30", dates="2026-10-25")
    assert twice.status_code == 422
    assert "Write +02:00 or +01:00 behind the time to say which." in page(twice).get_text(" ")
    said = send(staff, twice, {"dates": "2026-10-25T02:30+01:00"}, action="/duplicate")
    assert said.status_code == 200
    assert send(staff, said, action="/duplicate").status_code == 303
    assert count(desk) == 6


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"every": "week", "times": "27"}, "26 or less, please."),
        ({"every": "week", "times": "many"}, "How many dates in all"),
        ({"dates": "next week"}, "“next week” is no date."),
        ({"dates": "2026-02-30"}, "is no date."),
        ({"dates": "2026-05-06 25:00"}, "is no date."),
        ({"dates": "\n".join(f"2027-01-{day:02}" for day in range(1, 29))}, "At most 26 dates"),
    ],
)
def test_what_is_no_row_is_refused(desk: Host, asked: dict[str, str], said: str) -> None:
    refused = ask(desk.client(), **asked)
    assert refused.status_code == 422
    assert said in page(refused).get_text(" ")
    assert count(desk) == 1

"""D4: wall times, zones and UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_stadtlabor.events.wall_times import AmbiguousTime, NonexistentTime, to_utc, to_wall

BERLIN = "Europe/Berlin"
ZONES = (BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")


def test_a_wall_time_becomes_utc() -> None:
    assert to_utc("2023-04-19T17:30", BERLIN) == datetime(2023, 4, 19, 15, 30, tzinfo=UTC)
    assert to_utc("2023-01-19T17:30", BERLIN) == datetime(2023, 1, 19, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize("offset", ["", "+01:00", "+02:00"])
def test_a_time_that_the_clocks_skip_is_refused_with_a_sentence(offset: str) -> None:
    with pytest.raises(
        NonexistentTime, match=r"does not exist in Europe/Berlin.*earlier or a later"
    ):
        to_utc("2025-03-30T02:30" + offset, BERLIN)


def test_the_hours_around_the_skipped_one_exist() -> None:
    before, after = to_utc("2025-03-30T01:59", BERLIN), to_utc("2025-03-30T03:00", BERLIN)
    assert after - before == timedelta(minutes=1)


def test_a_time_that_comes_twice_asks_which() -> None:
    with pytest.raises(AmbiguousTime) as refusal:
        to_utc("2025-10-26T02:30", BERLIN)
    first, second = "2025-10-26T02:30+02:00", "2025-10-26T02:30+01:00"
    assert f"{first} for the first or {second} for the second" in str(refusal.value)
    assert to_utc(second, BERLIN) - to_utc(first, BERLIN) == timedelta(hours=1)


def test_an_offset_that_the_zone_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the offset there is \+02:00"):
        to_utc("2023-04-19T17:30+05:00", BERLIN)


@pytest.mark.parametrize(
    "wall",
    ["", "19.04.2023", "2023-04-19", "2023-02-30T10:00", "2023-04-19T25:00", "2023-04-19T17:30:30",
     "2023-04-19T17:30Z", "٢٠٢٣-04-19T17:30", "9999-12-31T23:59", "0001-01-01T00:00"],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_a_sentence(wall: str) -> None:
    zone = "America/New_York" if wall.startswith("9999") else BERLIN
    with pytest.raises(ValueError, match=r"write it like|not in the calendar"):
        to_utc(wall, zone)


@pytest.mark.parametrize("zone", ["", "Berlin", "../../etc/passwd", "Europe", "europe/berlin\0"])
def test_what_is_no_zone_is_refused_with_a_sentence(zone: str) -> None:
    with pytest.raises(ValueError, match="write an IANA name"):
        to_utc("2023-04-19T17:30", zone)


@given(
    moment=st.datetimes(datetime(1980, 1, 2), datetime(2037, 12, 30), timezones=st.just(UTC)),
    zone=st.sampled_from(ZONES),
)
def test_every_minute_survives_the_way_to_the_wall_and_back(moment: datetime, zone: str) -> None:
    moment = moment.replace(second=0, microsecond=0)
    assert to_utc(to_wall(moment, zone), zone) == moment


def test_an_offset_is_written_only_where_it_is_needed() -> None:
    assert to_wall(datetime(2025, 10, 26, 1, 30, tzinfo=UTC), BERLIN) == "2025-10-26T02:30+01:00"
    assert to_wall(datetime(2025, 10, 26, 2, 30, tzinfo=UTC), BERLIN) == "2025-10-26T03:30"

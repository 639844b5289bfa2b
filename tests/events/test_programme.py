"""The programme in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import ProgrammeItem
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.programme import timed_programme
from flask_stadtlabor.events.wall_times import to_utc, to_wall
from tests.events.desk import an_event

BERLIN = "Europe/Berlin"


def evening(start: str, end: str, *times: str, **values: Any) -> Event:
    return an_event(
        starts_at=to_utc(start, BERLIN),
        ends_at=to_utc(end, BERLIN),
        timezone=BERLIN,
        status=values.get("status", "published"),
        programme=tuple(ProgrammeItem(starts_at=at, title=LocalizedText(at)) for at in times),
    )


def walls(event: Event) -> list[tuple[str, str]]:
    timed = timed_programme(event, event.starts_at)
    return [(to_wall(item.starts_at, BERLIN), to_wall(item.ends_at, BERLIN)) for item in timed]


def test_an_item_lasts_until_the_next_one_and_the_last_until_the_end() -> None:
    event = evening("2026-04-22T17:30", "2026-04-22T19:00", "17:30", "17:40", "18:30")
    assert walls(event) == [
        ("2026-04-22T17:30", "2026-04-22T17:40"),
        ("2026-04-22T17:40", "2026-04-22T18:30"),
        ("2026-04-22T18:30", "2026-04-22T19:00"),
    ]


def test_a_programme_rolls_over_midnight() -> None:
    event = evening("2026-04-22T22:00", "2026-04-23T02:00", "22:00", "23:30", "00:30", "01:30")
    assert [start for start, _ in walls(event)][2:] == ["2026-04-23T00:30", "2026-04-23T01:30"]


def test_a_first_item_after_midnight_is_on_the_next_day() -> None:
    event = evening("2026-04-22T22:00", "2026-04-23T02:00", "00:30")
    assert walls(event) == [("2026-04-23T00:30", "2026-04-23T02:00")]


def test_a_welcome_before_the_start_is_on_the_same_day() -> None:
    event = evening("2026-04-22T17:30", "2026-04-22T19:00", "17:00", "17:30")
    assert walls(event)[0] == ("2026-04-22T17:00", "2026-04-22T17:30")


def test_items_that_begin_together_run_side_by_side() -> None:
    event = evening("2026-04-22T17:30", "2026-04-22T19:00", "17:30", "17:30", "18:00")
    assert {end for _, end in walls(event)[:2]} == {"2026-04-22T18:00"}


def test_an_hour_that_comes_twice_goes_on_forwards() -> None:
    """D4: in the night of 25 October 2026 the hour from two to three occurs twice."""
    event = evening("2026-10-25T01:00", "2026-10-25T05:00", "01:30", "02:30", "02:30", "03:30")
    starts = [item.starts_at for item in timed_programme(event, event.starts_at)]
    assert starts == sorted(starts)
    assert starts[-1] - starts[0] == timedelta(hours=3)


def test_the_item_that_runs_is_marked_while_it_runs() -> None:
    event = evening("2026-04-22T17:30", "2026-04-22T19:00", "17:30", "17:40", "18:30")

    def running(wall: str, shown: Event = event) -> list[str]:
        timed = timed_programme(shown, to_utc(wall, BERLIN))
        return [item.item.starts_at for item in timed if item.is_current]

    assert running("2026-04-22T17:29") == []
    assert running("2026-04-22T17:39") == ["17:30"]
    assert running("2026-04-22T17:40") == ["17:40"]
    assert running("2026-04-22T19:00") == []
    cancelled = evening("2026-04-22T17:30", "2026-04-22T19:00", "17:30", status="cancelled")
    assert running("2026-04-22T17:39", cancelled) == []


def test_an_event_without_a_programme_has_none() -> None:
    event = evening("2026-04-22T17:30", "2026-04-22T19:00")
    assert timed_programme(event, datetime(2026, 1, 1, tzinfo=UTC)) == []

"""Where an event stands in time, and what a person can do next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flask_stadtlabor.events.next_step import Phase, Step, next_step, phase_of, seats_left
from flask_stadtlabor.events.seat_count import SeatCount, at_least
from tests.events.desk import an_event

START = datetime(2026, 4, 22, 15, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPEN: dict[str, Any] = {"takes_registrations": True, "waiting_list": True}
FULL = OPEN | {"capacity": 30, "seats_taken": 30}
TWO_LEFT = FULL | {"seats_taken": 28}


def standing(now: datetime, **values: Any) -> tuple[Phase, Step]:
    values = {"status": "published", "starts_at": START, "ends_at": START + HOUR} | values
    event = an_event(**values)
    return phase_of(event, now), next_step(event, now).step


@pytest.mark.parametrize(
    ("now", "values", "phase", "step"),
    [
        (START - HOUR, {}, Phase.AHEAD, Step.COME),
        (START - HOUR, OPEN, Phase.AHEAD, Step.REGISTER),
        (START - HOUR, FULL, Phase.AHEAD, Step.WAITING_LIST),
        (START - HOUR, FULL | {"waiting_list": False}, Phase.AHEAD, Step.FULL),
        # a freed seat belongs to those who wait
        (START - HOUR, TWO_LEFT | {"smallest_party_waiting": 3}, Phase.AHEAD, Step.WAITING_LIST),
        # nobody holds up the others who is larger than the event, or who may be passed
        (START - HOUR, TWO_LEFT | {"smallest_party_waiting": 31}, Phase.AHEAD, Step.REGISTER),
        (START - HOUR, TWO_LEFT | {"smallest_party_waiting": 3, "smaller_parties_may_pass": True},
         Phase.AHEAD, Step.REGISTER),
        # the waiting list ends with the start
        (START, TWO_LEFT | {"smallest_party_waiting": 1}, Phase.RUNNING, Step.REGISTER),
        (START, FULL, Phase.RUNNING, Step.FULL),
        (START - HOUR, OPEN | {"opens_at": START}, Phase.AHEAD, Step.OPENS_LATER),
        (START, OPEN | {"opens_at": START}, Phase.RUNNING, Step.REGISTER),
        (START - HOUR, OPEN | {"closes_at": START - HOUR}, Phase.AHEAD, Step.CLOSED),
        (START - HOUR, OPEN | {"closes_at": START}, Phase.AHEAD, Step.REGISTER),
        (START, {}, Phase.RUNNING, Step.COME),
        (START + HOUR, OPEN, Phase.OVER, Step.OVER),
        (START + HOUR, OPEN | {"closes_at": START + 2 * HOUR}, Phase.OVER, Step.OVER),
        (START - HOUR, OPEN | {"status": "cancelled"}, Phase.CANCELLED, Step.CANCELLED),
        (START + HOUR, OPEN | {"status": "cancelled"}, Phase.CANCELLED, Step.CANCELLED),
        (START - HOUR, OPEN | {"status": "postponed"}, Phase.POSTPONED, Step.POSTPONED),
    ],
)  # fmt: skip
def test_phase_and_step(now: datetime, values: dict[str, Any], phase: Phase, step: Step) -> None:
    assert standing(now, **values) == (phase, step)


def test_the_step_says_how_many_seats_are_left_and_until_when() -> None:
    """S16: in steps for everybody, and exactly for the office."""
    closes = START - HOUR
    event = an_event(
        status="published", starts_at=START, ends_at=START + HOUR, closes_at=closes,
        takes_registrations=True, capacity=30, seats_taken=17, seats_confirmed=13,
    )  # fmt: skip
    step = next_step(event, START - 2 * HOUR)
    assert (step.seats_at_least, step.at, step.takes_registrations) == (10, closes, True)
    assert seats_left(event, START - 2 * HOUR) == 13


def test_everybody_is_told_a_number_that_is_never_too_large_and_seldom_changes() -> None:
    """S16: 1, 2 and 5 times a power of ten, without the 2."""
    told = [at_least(seats) for seats in range(1, 30_000)]
    assert sorted(set(told)) == [
        1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000,
    ]  # fmt: skip
    assert all(number <= seats for seats, number in enumerate(told, 1))
    assert told == sorted(told)
    assert [at_least(seats) for seats in (-1, 0, 4, 9, 19, 49)] == [0, 0, 1, 5, 10, 20]


@pytest.mark.parametrize(
    ("taken", "confirmed", "smallest_waiting", "told"),
    [
        (0, 0, None, 20), (30, 0, None, 0), (29, 0, None, 20), (29, 25, None, 5),
        (29, 26, None, 1), (20, 20, 1, 0), (20, 20, 31, 10), (30, 30, None, 0),
    ],
)  # fmt: skip
def test_held_seats_show_only_when_nothing_else_is_left(
    taken: int, confirmed: int, smallest_waiting: int | None, told: int
) -> None:
    """S16: nobody is promised a seat that is not there, and nobody's registration is counted."""
    count = SeatCount(30, taken, confirmed, smallest_waiting, False)
    assert count.told(queue_is_served=True) == told
    assert count._replace(capacity=None).told(queue_is_served=True) is None

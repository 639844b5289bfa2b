"""What the phase in which a project stands lets people do, by the clock on the wall (D4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.project_content import Phase
from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.participation.projects.phases import (
    Deed,
    current_phase,
    next_phase,
    open_deeds,
)
from tests.factories import phase

pytestmark = pytest.mark.one_database

SECOND = timedelta(seconds=1)
NOTHING: frozenset[Deed] = frozenset()


def a_project(*phases: dict[str, Any], timezone: str = "Europe/Berlin") -> Project:
    """A project that is not stored."""
    return Project(timezone=timezone, phases=tuple(Phase.model_validate(each) for each in phases))


@pytest.mark.parametrize(
    ("kind", "deeds"),
    [
        ("inform", NOTHING),
        ("ideas", {Deed.IDEA, Deed.SUPPORT, Deed.COMMENT}),
        ("discuss", {Deed.SUPPORT, Deed.COMMENT}),
        ("vote", {Deed.VOTE, Deed.COMMENT}),
        ("results", {Deed.COMMENT}),
    ],
)
def test_each_kind_of_phase_opens_its_own(kind: str, deeds: set[Deed]) -> None:
    project = a_project(phase("eine", kind, "2026-03-01T00:00", "2026-04-01T00:00"))
    assert open_deeds(project, datetime(2026, 3, 10, tzinfo=UTC)) == deeds


def test_a_phase_begins_and_ends_at_the_second() -> None:
    """The end belongs to what comes after it."""
    project = a_project(
        phase("ideen", "ideas", "2026-03-01T09:00", "2026-03-20T18:00"),
        phase("stimmen", "vote", "2026-03-20T18:00", "2026-03-25T18:00"),
    )
    begins, turns, ends = (
        to_utc(wall, "Europe/Berlin")
        for wall in ("2026-03-01T09:00", "2026-03-20T18:00", "2026-03-25T18:00")
    )
    assert open_deeds(project, begins - SECOND) == NOTHING
    assert Deed.IDEA in open_deeds(project, begins)
    assert Deed.IDEA in open_deeds(project, turns - SECOND)
    assert open_deeds(project, turns) == {Deed.VOTE, Deed.COMMENT}
    assert open_deeds(project, ends) == NOTHING


def test_the_wall_clock_counts_over_a_night_that_puts_it_forward() -> None:
    """D4: on 29 March 2026 Berlin's clocks go from 2 to 3; 23:00 that evening is 21:00 UTC."""
    project = a_project(phase("stimmen", "vote", "2026-03-28T23:00", "2026-03-29T23:00"))
    last = datetime(2026, 3, 29, 20, 59, 59, tzinfo=UTC)
    assert Deed.VOTE in open_deeds(project, datetime(2026, 3, 28, 22, 0, tzinfo=UTC))
    assert Deed.VOTE in open_deeds(project, last)
    assert open_deeds(project, last + SECOND) == NOTHING


def test_of_an_hour_that_comes_twice_the_one_counts_that_was_said() -> None:
    """D4."""
    project = a_project(phase("stimmen", "vote", "2026-10-20T08:00", "2026-10-25T02:30+01:00"))
    end = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert Deed.VOTE in open_deeds(project, end - SECOND)
    assert open_deeds(project, end) == NOTHING


def test_a_stored_time_survives_new_rules_of_its_zone() -> None:
    """An offset that a zone has no longer, as after a change of the law, stops no page."""
    project = a_project(phase("stimmen", "vote", "2026-07-01T08:00+01:00", "2026-07-02T08:00"))
    assert Deed.VOTE in open_deeds(project, datetime(2026, 7, 1, 12, 0, tzinfo=UTC))


def test_between_two_phases_nothing_is_open_and_the_next_is_known() -> None:
    project = a_project(
        phase("reden", "discuss", "2026-04-10T08:00"),
        phase("ideen", "ideas", "2026-03-01T00:00", "2026-04-01T00:00"),
    )
    moment = datetime(2026, 4, 5, tzinfo=UTC)
    assert open_deeds(project, moment) == NOTHING
    assert current_phase(project, moment) is None
    coming = next_phase(project, moment)
    assert coming is not None
    assert coming.phase.slug == "reden"
    # without an end it goes on for ever
    late = datetime(2099, 1, 1, tzinfo=UTC)
    assert Deed.COMMENT in open_deeds(project, late)
    assert next_phase(project, late) is None


def test_a_project_without_phases_opens_nothing() -> None:
    assert open_deeds(a_project(), datetime(2026, 3, 2, tzinfo=UTC)) == NOTHING

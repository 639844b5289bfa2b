"""Several of staff merge at the same moment, in processes: one merge, one mail each."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select

from flask_stadtlabor.participation.ideas.models import IdeaMerge, IdeaStatus
from tests.host import Host
from tests.participation.ideas.desk import stored
from tests.participation.ideas.test_merging import support, three_ideas, told
from tests.processes import finish, start
from tests.races.merging import press

STAFF = 3


def race(host: Host, ways: list[tuple[int, int]]) -> list[IdeaMerge]:
    """These merges at once; those that came about."""
    at = time.time() + 6
    running = [start(press, host, number, into, at) for number, into in ways]
    for process in running:
        finish(process)
    with host.app.app_context():
        return list(host.db.session.scalars(select(IdeaMerge)))


@pytest.mark.slow
def test_the_same_merge_pressed_at_once_is_one_and_tells_once(host: Host) -> None:
    a, b, _ = three_ideas(host)
    support(host, a, "ada")
    assert len(race(host, [(a, b)] * STAFF)) == 1
    assert told(host) == ["ada"]


@pytest.mark.slow
def test_of_two_crosswise_merges_one_comes_about(host: Host) -> None:
    a, b, _ = three_ideas(host)
    support(host, a, "ada")
    support(host, b, "ben")
    (done,) = race(host, [(a, b), (b, a)])
    merged = {each.id for each in stored(host) if each.status == IdeaStatus.MERGED}
    assert merged == {done.idea_id}
    assert told(host) == ["ada" if done.idea_id == a else "ben"]

"""One person presses twice at once, and many people at the same moment, on two processes."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.participation.ideas.models import IdeaSupport
from tests.factories import exchange, phase, project, real_time
from tests.host import Host
from tests.participation.ideas.desk import idea_url, stored
from tests.participation.people import ask, link_in
from tests.races.server import Visitor, serve

PEOPLE = 8


def _open(host: Host) -> dict[str, Any]:
    """A project that collects ideas by the machine's own clock, with one idea."""
    since = real_time().replace(year=real_time().year - 1).strftime("%Y-%m-%dT%H:%M")
    idea = {"project": "marktplatz", "title": "Mehr Bänke", "text": "Bitte."}
    return exchange(projects=[project(phases=[phase("ideen", "ideas", since)])], ideas=[idea])


@pytest.mark.slow
def test_each_person_counts_once_however_often_and_when_they_press(
    host: Host, tmp_path: Path
) -> None:
    """Case 1: two parallel supports by one person make one row, and both answers are fine."""
    host.clock.now = real_time()
    host.load(_open(host))
    number = stored(host)[0].id
    links = []
    for person in range(PEOPLE):
        ask(host, f"person{person}@example.org")
        links.append(link_in(host.mails()[-1]))
    start = Barrier(2 * PEOPLE)
    with serve(host.url, tmp_path, STADTLABOR_OUTBOX="worker") as address:

        def support(turn: int) -> int:
            visitor = Visitor()
            assert visitor.open(f"{address}{links[turn // 2]}") == 303
            visitor.open_form(f"{address}{idea_url(number, 'support')}")
            start.wait(120)
            return visitor.send({})

        with ThreadPoolExecutor(2 * PEOPLE) as people:
            answers = Counter(people.map(support, range(2 * PEOPLE)))
    assert answers == {303: 2 * PEOPLE}
    assert stored(host)[0].supports == PEOPLE
    assert host.scalar(select(func.count()).select_from(IdeaSupport)) == PEOPLE

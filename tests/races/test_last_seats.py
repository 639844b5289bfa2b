"""A hundred people want thirty seats in the same second, on two worker processes."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.host import Host
from tests.races.server import Visitor, serve

PEOPLE = 100
SEATS = 30


def rush(address: str, slug: str = "plattform") -> Counter[int]:
    """All open the form, wait for each other, and send it at once; answers by their status."""
    start = Barrier(PEOPLE)

    def register(number: int) -> int:
        visitor = Visitor()
        visitor.open_form(f"{address}/stadtlabor/de/events/{slug}/register")
        start.wait(120)
        return visitor.send(
            factories.person(number) | {"consent-photos-website": ("given", "refused")[number % 2]}
        )

    with ThreadPoolExecutor(PEOPLE) as people:
        return Counter(people.map(register, range(PEOPLE)))


@pytest.mark.slow
@pytest.mark.parametrize("waiting_list", [False, True])
def test_thirty_seats_are_taken_and_nobody_meets_an_error(
    host: Host, tmp_path: Path, waiting_list: bool
) -> None:
    """S6: those who came too late are told so, or wait."""
    event = factories.open_event(
        registration={"capacity": SEATS, "waiting_list": waiting_list},
        **{key: factories.event_in(20)[key] for key in ("starts_at", "ends_at")},
    )
    host.load(factories.exchange(event))
    with serve(host.url, tmp_path, STADTLABOR_OUTBOX="worker") as address:
        answers = rush(address)
    late = PEOPLE - SEATS
    assert answers == ({303: PEOPLE} if waiting_list else {303: SEATS, 409: late})
    taken, waiting = host.app.app_context(), 0
    with taken:
        row = host.db.session.execute(
            select(Event.seats_taken, Event.parties_waiting).where(Event.slug == "plattform")
        ).one()
        states = dict(
            host.db.session.execute(
                select(Registration.state, func.count()).group_by(Registration.state)
            ).all()
        )
    waiting = late if waiting_list else 0
    assert tuple(row) == (SEATS, waiting)
    assert states == ({"held": SEATS} | ({"waiting": waiting} if waiting else {}))
    result = host.run("consent", "verify")
    assert result.exit_code == 0, result.output

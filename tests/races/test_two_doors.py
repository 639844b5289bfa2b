"""Many doors scan the same ticket in the same second, on two worker processes."""

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
from tests.organise.staff import DOOR, HERE, register
from tests.races.server import Visitor, serve

DOORS = 24


def at_once(pages: list[str], given: dict[str, str]) -> Counter[int]:
    """Open a page each, wait for each other, and send its first form; answers by their status."""
    start = Barrier(len(pages))

    def press(page: str) -> int:
        visitor = Visitor()
        visitor.open_form(page)
        start.wait(120)
        return visitor.send(given)

    with ThreadPoolExecutor(len(pages)) as doors:
        return Counter(doors.map(press, pages))


def today(**registration: object) -> dict[str, object]:
    event = factories.event_in(0.01)
    dates = {key: event[key] for key in ("starts_at", "ends_at")}
    return factories.exchange(factories.open_event(registration=registration, **dates))


@pytest.mark.slow
def test_one_door_lets_the_party_in_and_all_others_are_told(host: Host, tmp_path: Path) -> None:
    host.clock.now = factories.real_time()
    host.load(today())
    number = register(host)
    with serve(host.url, tmp_path, ALL_ARE_STAFF=True) as address:
        answers = at_once([f"{address}{DOOR}{number}/"] * DOORS, {})
    assert answers == {303: 1, 409: DOORS - 1}
    assert host.scalar(select(Registration.checked_in_at)) is not None


@pytest.mark.slow
def test_walk_ins_and_those_who_wait_never_go_over_the_capacity(host: Host, tmp_path: Path) -> None:
    """S6: at the door, too."""
    host.clock.now = factories.real_time()
    host.load(today(capacity=10))
    waiting = []
    for number in range(12):
        waiting.append(register(host, number, confirm=False))
    # two of these twelve wait; the others hold their seats and do not come
    with serve(host.url, tmp_path, ALL_ARE_STAFF=True) as address:
        forms = [f"{address}{HERE}register?at=door"] * 12
        cards = [f"{address}{DOOR}{number}/" for number in waiting]
        person = {"given_name": "Ilse", "family_name": "Brockhoff"}
        answers = at_once(cards + forms, person)
    assert set(answers) == {303, 409}
    with host.app.app_context():
        states = dict(
            host.db.session.execute(
                select(Registration.state, func.sum(Registration.party_size)).group_by(
                    Registration.state
                )
            ).all()
        )
    assert states == {"confirmed": 10, "waiting": 2}
    assert host.scalar(select(Event.seats_taken)) == 10
    assert host.scalar(select(func.count()).where(Registration.checked_in_at.is_not(None))) == 10

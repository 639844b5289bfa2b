"""Many doors scan the same ticket in the same second, on two worker processes."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import OfflineArrival, Registration
from tests import factories
from tests.host import Host
from tests.organise.staff import DOOR, HERE, register, staff_of
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


def tell_at_once(address: str, arrivals: list[dict[str, Any]]) -> Counter[str]:
    """A device for each arrival sends it in the same moment; what became of them."""
    start = Barrier(len(arrivals))

    def tell(arrival: dict[str, Any]) -> str:
        device = Visitor()
        _, hello = device.tell(address, {})
        start.wait(120)
        sent = {"csrf_token": hello["csrf_token"], "arrivals": [arrival]}
        status, answer = device.tell(address, sent)
        assert status == 200, answer
        return str(answer["results"][0]["state"])

    with ThreadPoolExecutor(len(arrivals)) as devices:
        return Counter(devices.map(tell, arrivals))


@pytest.mark.slow
def test_an_arrival_that_is_sent_many_times_at_once_counts_once(host: Host, tmp_path: Path) -> None:
    host.clock.now = factories.real_time()
    host.load(today(max_party_size=4))
    first, second = register(host, party_size=4), register(host, 2, party_size=4)
    made = staff_of(host).client().get(f"{DOOR}offline/list").get_json()
    came = {"people": 2, "seen": 0, "at": made["prepared_at"], "prepared": made["prepared"]}
    same = [{**came, "key": "a" * 32, "number": first}] * DOORS
    other = [{**came, "key": f"{door:032x}", "number": second} for door in range(DOORS)]
    with serve(host.url, tmp_path, ALL_ARE_STAFF=True) as server:
        address = f"{server}{DOOR}offline/arrivals"
        assert tell_at_once(address, same) == {"recorded": DOORS}
        assert tell_at_once(address, other) == {"recorded": 1, "already": DOORS - 1}
    arrived = select(Registration.arrived).order_by(Registration.id)
    with host.app.app_context():
        assert host.db.session.scalars(arrived).all() == [2, 2]
        assert host.db.session.scalar(select(func.count()).select_from(OfflineArrival)) == 2


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

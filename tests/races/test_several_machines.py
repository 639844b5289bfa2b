"""Two servers behind one address share nothing but a database and a Redis, and nobody notices."""

from __future__ import annotations

import http.client
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError

import pytest
from redis import Redis
from sqlalchemy import func, select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.models import MailState
from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.equipment import REDIS_PORT
from tests.host import Host
from tests.outbox.letters import rows
from tests.outbox.peer import Peer, free_port
from tests.outbox.test_workers import worker
from tests.races.server import Server, Visitor, running
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.slow, pytest.mark.several_machines, pytest.mark.needs("Redis")]

REDIS = f"redis://127.0.0.1:{REDIS_PORT}/13"
EVENT = "/stadtlabor/de/events/plattform/"
FORM = f"{EVENT}register"


class City(NamedTuple):
    """A portal on two machines."""

    here: Server
    there: Server

    def send(self, number: int) -> int:
        """Somebody opens the form at one machine and sends it to the other; the answer."""
        came_from, goes_to = self if number % 2 else reversed(self)
        visitor = Visitor()
        visitor.open_form(came_from.address + FORM)
        visitor.turn_to(goes_to.address)
        return visitor.send(factories.person(number))


def open_city(host: Host, folder: Path, **config: object) -> Iterator[City]:
    """Two servers with the same settings, on the database of ``host``."""
    host.clock.now = datetime.now(UTC)
    name = str(folder)
    shared = {
        "STADTLABOR_BASE_URL": "https://stadt.example",
        "STADTLABOR_OUTBOX": "worker",
        "RATELIMIT_STORAGE_URI": REDIS,
        "CACHE_TYPE": "RedisCache",
        "CACHE_REDIS_URL": REDIS,
        "CACHE_KEY_PREFIX": name,
        **config,
    }
    folders = [folder / "here", folder / "there"]
    for place in folders:
        place.mkdir()
    with (
        running(host.url, folders[0], **shared) as here,
        running(host.url, folders[1], **shared) as there,
    ):
        yield City(here, there)
    with Redis.from_url(REDIS) as client:
        for key in client.scan_iter(f"*{name}*"):
            client.delete(key)


@pytest.fixture
def city(host: Host, tmp_path: Path) -> Iterator[City]:
    """A portal on two machines, without limits."""
    yield from open_city(host, tmp_path)


@pytest.fixture
def strict_city(host: Host, tmp_path: Path) -> Iterator[City]:
    """One that takes three registrations an hour from one client."""
    limits = {"register": "3 per hour"}
    # the key is part of the counters' names, which other tests have in the same Redis
    yield from open_city(host, tmp_path, STADTLABOR_RATE_LIMITS=limits, SECRET_KEY=str(tmp_path))


def load(host: Host, seats: int, **changes: Any) -> None:
    """An event without a waiting list."""
    dates = {key: factories.event_in(20)[key] for key in ("starts_at", "ends_at")}
    registration = {"capacity": seats, "waiting_list": False}
    event = factories.open_event(registration=registration, **dates, **changes)
    host.load(factories.exchange(event))


def test_seats_hold_on_both_and_forms_need_not_return_to_where_they_came_from(
    host: Host, city: City
) -> None:
    """S6: sixty people, all at once, want twenty seats."""
    load(host, 20)
    start = Barrier(60)

    def register(number: int) -> int:
        start.wait(60)
        return city.send(number)

    with ThreadPoolExecutor(60) as people:
        answers = Counter(people.map(register, range(60)))
    assert answers == {303: 20, 409: 40}
    assert host.scalar(select(Event.seats_taken)) == 20
    assert host.scalar(select(func.count(Registration.id))) == 20
    assert host.run("consent", "verify").exit_code == 0


def test_limits_are_counted_once_for_both(host: Host, strict_city: City) -> None:
    """S4."""
    # no consent: the ledger is sealed with another portal's key
    load(host, 20, purposes=[])
    assert [strict_city.send(number) for number in range(4)] == [303, 303, 303, 429]


def test_a_page_is_made_once_for_both_and_a_change_is_seen_by_the_next_request(
    host: Host, city: City
) -> None:
    load(host, 1)
    page, etag = get(city.here)
    assert "Nur noch wenige Plätze sind frei" in page
    with Redis.from_url(REDIS) as client:
        assert list(client.scan_iter(f"{host.folder}*stadtlabor:*"))
    assert get(city.there, etag) == ("", etag)
    assert city.send(1) == 303
    for server in city:
        assert "Alle Plätze sind vergeben" in get(server)[0]


def get(server: Server, etag: str = "") -> tuple[str, str]:
    """The event's page and its ETag; nothing of it where the browser has it."""
    request = urllib.request.Request(server.address + EVENT, headers={"If-None-Match": etag})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return response.read().decode().replace("\xa0", " "), response.headers["ETag"]
    except HTTPError as unchanged:
        with unchanged:
            if unchanged.code != 304:
                raise
            return "", unchanged.headers["ETag"]


def test_killed_processes_lose_no_registration_and_no_mail(host: Host, city: City) -> None:
    """S14: kill -9 of a web server's worker, and of the outbox's worker in the middle of a mail."""
    load(host, 100)
    peer = Peer(free_port())
    at_work = peer.hesitate_after(3)

    def register(number: int) -> int:
        if number == 20:
            city.here.kill_a_worker()
        return city.send(number)

    peer.start()
    try:
        with worker(host, peer, "--watch") as postman, ThreadPoolExecutor(8) as people:
            answers = people.map(lambda number: until_answered(register, number), range(40))
            assert at_work.wait(60)
            postman.kill()
            assert set(answers) == {303}
        with worker(host, peer, "--watch"):
            until(lambda: [mail.state for mail in rows(host)].count(MailState.QUEUED) == 1)
    finally:
        peer.stop()
    host.clock.move(minutes=11)
    reached = {mail["To"] for mail in [*peer.received, *host.mails()]}
    everybody = {factories.person(number)["email"] for number in range(40)}
    assert reached == everybody
    assert host.scalar(select(func.count(Registration.id))) == len(everybody)
    assert host.scalar(select(Event.seats_taken)) == len(everybody)
    assert host.run("consent", "verify").exit_code == 0


def until_answered(send: Callable[[int], int], number: int) -> int:
    """People whose connection broke off try again, as browsers let them."""
    for _ in range(5):
        try:
            return send(number)
        except (URLError, http.client.HTTPException, ConnectionError):
            time.sleep(0.2)
    raise AssertionError("Nobody answered.")

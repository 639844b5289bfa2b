"""Limits count a client's hits within a window, forget who it was, and nobody evicts a counter."""

from __future__ import annotations

import tracemalloc

import pytest

from flask_stadtlabor.adapters import memory_limit
from flask_stadtlabor.adapters.memory_limit import SWEEP_SECONDS, MemoryLimit
from flask_stadtlabor.config import Rate
from flask_stadtlabor.limits import network_of
from tests.factories import exchange, open_event, person
from tests.forms import send
from tests.host import Host

DAY = Rate(2, 86400)


class Timer:
    """A timer that a test advances."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables that are soon full."""
    monkeypatch.setattr(memory_limit, "MOST_KEYS", 100)
    monkeypatch.setattr(memory_limit, "SHARED_COUNTERS", 10)


def test_one_hit_too_many_is_refused_until_the_window_has_passed() -> None:
    timer = Timer()
    limit = MemoryLimit(timer)
    rate = Rate(2, 60)
    assert [limit("a", rate) for _ in range(3)] == [True, True, False]
    assert limit("b", rate)
    timer.seconds = 61
    assert limit("a", rate)


def test_a_refused_hit_does_not_lengthen_the_wait() -> None:
    timer = Timer()
    limit = MemoryLimit(timer)
    assert limit("a", Rate(1, 60))
    timer.seconds = 59
    assert not limit("a", Rate(1, 60))
    timer.seconds = 61
    assert limit("a", Rate(1, 60))


def test_no_number_of_invented_keys_pushes_a_counter_out(small: None) -> None:
    """S4: 51,000 invented links reset nobody's counter, of the same limit or another."""
    limit = MemoryLimit()
    assert [limit("mail-address:victim", DAY) for _ in range(3)] == [True, True, False]
    for number in range(2000):
        limit(f"mail-address:{number}", DAY)
        limit(f"link:{number}", DAY)
    assert not limit("mail-address:victim", DAY)


def test_a_full_limit_refuses_early_and_never_late(small: None) -> None:
    """S4: whoever comes when it is full is counted together with others, and not let through."""
    limit = MemoryLimit()
    for number in range(100):
        limit(f"register:{number}", DAY)
    newcomers = sum(limit(f"register:new-{number}", DAY) for number in range(1000))
    assert newcomers == 10 * DAY.amount
    assert limit("send-link:somebody", DAY)


def test_a_full_limit_is_itself_again_once_windows_have_passed(small: None) -> None:
    timer = Timer()
    limit = MemoryLimit(timer)
    for number in range(1000):
        limit(f"register:{number}", Rate(1, 60))
    timer.seconds = SWEEP_SECONDS
    assert all(limit(f"register:again-{number}", Rate(1, 60)) for number in range(100))


def test_memory_is_bounded(small: None) -> None:
    limit = MemoryLimit()
    for number in range(200):
        limit(f"link:{number}", DAY)
    tracemalloc.start()
    try:
        for number in range(20_000):
            limit(f"link:more-{number}", DAY)
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert limit.size <= 110
    assert grown < 20_000


def test_keys_are_no_addresses() -> None:
    """C12."""
    limit = MemoryLimit()
    limit("register:10.0.0.1", DAY)
    kept = [key for table in limit._tables.values() for key in table.counters]
    assert kept
    assert not any(b"10.0.0" in key for key in kept)


def test_a_key_is_forgotten_once_its_window_has_passed() -> None:
    """C12: that somebody came is not remembered for longer than it counts."""
    timer = Timer()
    limit = MemoryLimit(timer)
    limit("somebody", Rate(5, 60))
    limit("somebody", Rate(5, 60))
    timer.seconds = SWEEP_SECONDS
    limit("somebody", Rate(20, 86400))
    limit("mail-address:somebody", Rate(20, 86400))
    assert limit.size == 2
    timer.seconds = 86400 + 2 * SWEEP_SECONDS
    limit("link:another", Rate(5, 60))
    assert limit.size == 1


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:50123", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:443", "203.0.113.7"),
        ("64:ff9b::203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:8080", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("fe80::1%eth1", "fe80::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
        ("not an address", "unknown"),
        ("203.0.113.7, 198.51.100.1", "unknown"),
        ("\u0662\u0660\u0663.0.113.7", "unknown"),
    ],
)
def test_a_client_is_an_ipv4_address_or_a_64(address: str, client: str) -> None:
    """S4."""
    assert network_of(address) == client


@pytest.mark.one_database
def test_a_whole_64_registers_as_often_as_one_address(host: Host) -> None:
    """S4: one subscriber has 2^64 addresses."""
    host.load(exchange(open_event()))
    portal = host.make(STADTLABOR_RATE_LIMITS={"register": "2 per hour"})
    form = "/stadtlabor/de/events/plattform/register"

    def registers(number: int, address: str) -> int:
        browser, origin = portal.client(), {"REMOTE_ADDR": address}
        opened = browser.get(form, environ_base=origin)
        return send(browser, opened, person(number), environ_base=origin).status_code

    same = [registers(number, f"2001:db8:1:2:{number:x}::{number:x}") for number in range(1, 4)]
    assert same == [303, 303, 429]
    assert registers(4, "2001:db8:1:3::1") == 303

"""Limits are counted where the host's Flask-Limiter counts, so that all processes share them."""

from __future__ import annotations

import logging
import uuid
from typing import Any

import pytest
from flask import request
from flask_limiter import Limiter
from redis import Redis

from flask_stadtlabor.adapters.flask_limiter import FlaskLimiterLimit
from flask_stadtlabor.config import Rate
from tests import factories
from tests.equipment import REDIS_PORT
from tests.forms import fill
from tests.host import Host
from tests.races.server import free_port

pytestmark = pytest.mark.one_database

FORM = "/stadtlabor/de/events/plattform/register"
LIMITS = {"register": "2 per hour"}
WITHOUT_CONSENT = factories.open_event(purposes=[])
"""The ledger of these portals is sealed with the key of another."""


def limited(host: Host, storage: str, **options: Any) -> Host:
    """Another portal of the same city, with a Flask-Limiter of its own on that storage."""
    # the folder is another one for each test, and so are the keys in a Redis that all of them use
    name = str(host.folder)
    other = host.make(STADTLABOR_RATE_LIMITS=LIMITS, SECRET_KEY=name)
    limiter = Limiter(
        lambda: request.remote_addr or "", storage_uri=storage, key_prefix=name, **options
    )
    limiter.init_app(other.app)
    return other


@pytest.fixture
def redis() -> str:
    """A real Redis."""
    return f"redis://127.0.0.1:{REDIS_PORT}/15"


def answers(*portals: Host) -> list[int]:
    """What each portal answers, one after the other, to a registration of somebody else."""
    return [
        fill(portal.client(), FORM, factories.person(number)).status_code
        for number, portal in enumerate(portals, 1)
    ]


@pytest.mark.needs("Redis")
@pytest.mark.parametrize("strategy", ["fixed-window", "moving-window", "sliding-window-counter"])
def test_two_processes_share_one_limit_through_redis(host: Host, redis: str, strategy: str) -> None:
    """S4: whichever strategy the host has chosen."""
    host.load(factories.exchange(WITHOUT_CONSENT))
    first, second = (limited(host, redis, strategy=strategy) for _ in range(2))
    assert answers(first, second, first, second) == [303, 303, 429, 429]


@pytest.mark.needs("Redis")
def test_no_address_is_stored_with_the_counters(host: Host, redis: str) -> None:
    """C12."""
    host.load(factories.exchange(WITHOUT_CONSENT))
    assert answers(limited(host, redis)) == [303]
    with Redis.from_url(redis) as client:
        keys = [key.decode() for key in client.scan_iter("*STADTLABOR*")]
    assert any("STADTLABOR/register:" in key for key in keys)
    assert not any("127.0.0.1" in key or "@" in key for key in keys)


@pytest.mark.needs("Redis")
def test_the_hosts_own_limits_stay_its_own(host: Host, redis: str) -> None:
    """Ours neither use them up nor are used up by them."""
    host.load(factories.exchange(WITHOUT_CONSENT))
    portal = limited(host, redis, default_limits=["5 per hour"])
    # each takes two requests of the host's limit: the form, and what was sent
    assert answers(portal, portal) == [303, 303]
    assert [portal.client().get(FORM).status_code for _ in range(2)] == [200, 429]


def test_without_flask_limiter_each_process_counts_for_itself(host: Host) -> None:
    host.load(factories.exchange(WITHOUT_CONSENT))
    first, second = (host.make(STADTLABOR_RATE_LIMITS=LIMITS) for _ in range(2))
    assert answers(first, second, first, second) == [303, 303, 303, 303]
    assert answers(first) == [429]


def test_while_the_storage_is_away_this_process_counts(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is turned away for it, nothing is unlimited, and the log names no one (S13)."""
    host.load(factories.exchange(WITHOUT_CONSENT))
    portal = limited(host, f"redis://127.0.0.1:{free_port()}", swallow_errors=True)
    caplog.clear()
    with caplog.at_level(logging.ERROR, "flask_stadtlabor"):
        assert answers(portal, portal, portal) == [303, 303, 429]
    assert "The storage of the rate limits failed: ConnectionError" in caplog.text
    assert "person1" not in caplog.text


def test_each_app_is_asked_for_its_own_limiter(host: Host) -> None:
    """One adapter serves several apps; an extension that is only installed is not present."""
    limit = FlaskLimiterLimit()
    key, rate = str(uuid.uuid4()), Rate(1, 60)
    with limited(host, "memory://").app.app_context():
        assert [limit(key, rate), limit(key, rate)] == [True, False]
    with host.app.app_context():
        assert [limit(key, rate), limit(key, rate)] == [True, False]

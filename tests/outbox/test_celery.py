"""Delivery by the host's Celery: real workers over a real Redis, which may be killed or away."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from amqp.exceptions import ChannelError
from redis import Redis
from sqlalchemy import select, text

import flask_stadtlabor
from flask_stadtlabor.config import ConfigurationError
from flask_stadtlabor.outbox.models import MailState, OutboxRun
from flask_stadtlabor.outbox.wake import DELIVERY_THREADS
from tests import factories
from tests.equipment import RABBITMQ_PORT, REDIS_PORT
from tests.forms import fill
from tests.host import Host
from tests.outbox.celery_portal import set_up_celery
from tests.outbox.gate import gate_to
from tests.outbox.letters import rows, write
from tests.outbox.peer import Peer, free_port
from tests.outbox.test_workers import environment
from tests.waiting import until

ROOT = Path(__file__).parents[2]
REDIS = f"redis://127.0.0.1:{REDIS_PORT}/14"
FORM = "/stadtlabor/de/events/plattform/register"

Settings = dict[str, Any]


@pytest.fixture
def celery_settings(tmp_path: Path) -> Iterator[Settings]:
    """The host's ``CELERY``, with names in Redis that no other test has; nothing stays there."""
    prefix = f"{tmp_path}:"
    yield {"broker_url": REDIS, "broker_transport_options": {"global_keyprefix": prefix}}
    forget_in_redis(prefix)


def forget_in_redis(name: str) -> None:
    """Delete every key with that in its name."""
    with Redis.from_url(REDIS) as client:
        for key in client.scan_iter(f"*{name}*"):
            client.delete(key)


@pytest.fixture(autouse=True)
def same_time(host: Host) -> None:
    """The machine's, by which the workers go."""
    host.clock.now = datetime.now(UTC)


@contextmanager
def portal_with(host: Host, celery_settings: Settings) -> Iterator[Host]:
    """A portal that leaves its mail to Celery."""
    portal = host.make(STADTLABOR_OUTBOX="celery")
    celery = set_up_celery(portal.app, celery_settings)
    yield portal
    for postman in portal.app.extensions[DELIVERY_THREADS].values():
        postman.close()
    celery.close()


@pytest.fixture
def portal(host: Host, celery_settings: Settings) -> Iterator[Host]:
    """A portal that leaves its mail to Celery, whose broker is there."""
    with portal_with(host, celery_settings) as portal:
        yield portal


@contextmanager
def worker(
    host: Host, peer: Peer, celery_settings: Settings, *options: str
) -> Iterator[subprocess.Popen[str]]:
    """A Celery worker in processes of its own, at work until the block ends."""
    words = ["worker", "--loglevel", "info", "--concurrency", "2", *options]
    with log_of(host).open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.outbox.celery_portal", *words],
            cwd=ROOT,
            env=environment(host, peer, STADTLABOR_OUTBOX="celery", CELERY=celery_settings),
            stdout=output,
            stderr=output,
            text=True,
            start_new_session=True,
        )
        try:
            until(lambda: "ready." in log_of(host).read_text())
            yield process
        finally:
            kill(process)


def log_of(host: Host) -> Path:
    """Where a worker tells what it does."""
    return host.folder / "worker.log"


def kill(process: subprocess.Popen[str]) -> None:
    """End the worker and its children at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)


def register(portal: Host, number: int = 1) -> int:
    """Somebody registers; the answer."""
    return fill(portal.client(), FORM, factories.person(number)).status_code


@pytest.mark.slow
@pytest.mark.needs("Redis")
def test_a_worker_delivers_what_was_written_as_soon_as_it_is_committed(
    host: Host, portal: Host, peer: Peer, celery_settings: Settings
) -> None:
    """A setting and a Celery app is all that it takes; the request does not deliver."""
    host.load(factories.exchange(factories.open_event(**soon())))
    with worker(host, peer, celery_settings):
        assert [register(portal, number) for number in (1, 2, 3)] == [303, 303, 303]
        until(lambda: len(peer.received) == 3)
        until(lambda: {mail.state for mail in rows(host)} == {MailState.SENT})
    assert sorted(str(mail["To"]) for mail in peer.received) == [
        factories.person(number)["email"] for number in (1, 2, 3)
    ]


def soon() -> dict[str, Any]:
    """Dates of an event that is to come by the machine's clock."""
    return {key: factories.event_in(20)[key] for key in ("starts_at", "ends_at")}


@pytest.mark.slow
@pytest.mark.needs("Redis")
def test_a_task_that_comes_twice_sends_once(
    host: Host, portal: Host, peer: Peer, celery_settings: Settings
) -> None:
    """Six of the same task, which two processes of a worker take at the same time."""
    write(host, 30)
    written = {mail.message_id for mail in rows(host)}
    peer.on_message = lambda: time.sleep(0.02)
    with portal.app.app_context():
        for _ in range(6):
            portal.app.extensions["celery"].tasks["stadtlabor.deliver"].apply_async()
    with worker(host, peer, celery_settings):
        until(lambda: log_of(host).read_text().count("succeeded") == 6)
    arrived = [message["Message-ID"] for message in peer.received]
    assert len(arrived) == 30
    assert set(arrived) == written
    assert {mail.attempts for mail in rows(host)} == {1}


@pytest.mark.slow
@pytest.mark.needs("Redis")
def test_kill_9_of_a_worker_in_the_middle_of_a_delivery_loses_nothing(
    host: Host, portal: Host, peer: Peer, celery_settings: Settings
) -> None:
    """S14: the next one goes on at once, but for the mail at hand, which waits for its lease."""
    at_work = peer.hesitate_after(5)
    with worker(host, peer, celery_settings, "--pool", "solo") as process:
        write(portal, 20)
        assert at_work.wait(60)
        kill(process)
    time.sleep(2)
    with worker(host, peer, celery_settings):
        write(portal)
        until(lambda: [mail.state for mail in rows(host)].count(MailState.SENT) == 20)
    (left,) = [mail for mail in rows(host) if mail.state == MailState.QUEUED]
    host.clock.move(minutes=11)
    (late,) = host.mails()
    assert late["Message-ID"] == left.message_id
    arrived = {message["Message-ID"] for message in [*peer.received, late]}
    assert arrived == {mail.message_id for mail in rows(host)}
    assert len(peer.received) + 1 - len(arrived) <= 1


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.needs("Redis")
def test_celery_beat_does_what_falls_due(host: Host, peer: Peer, celery_settings: Settings) -> None:
    """A hold that ran out ends, and mail leaves that nobody called a worker for."""
    host.load(factories.exchange(factories.open_event(**soon())))
    register(host)
    host.mails()
    held_until_yesterday(host)
    beat = {"task": "stadtlabor.run", "schedule": 1}
    settings = celery_settings | {"beat_schedule": {"stadtlabor": beat}}
    schedule = ("--beat", "--schedule", str(host.folder / "schedule"))
    with worker(host, peer, settings, *schedule):
        until(lambda: len(peer.received) == 1)
        until(lambda: host.scalar(select(OutboxRun.finished_at)) is not None)
    assert host.scalar(text("SELECT state FROM stadtlabor_registration")) == "expired"


def held_until_yesterday(host: Host) -> None:
    with host.app.app_context():
        host.db.session.execute(
            text("UPDATE stadtlabor_registration SET expires_at = '2020-01-01 00:00:00'")
        )
        host.db.session.commit()


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections, and never says a word."""
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen(20)
        yield server.getsockname()[1]


def said_by(caplog: pytest.LogCaptureFixture) -> Callable[[], bool]:
    return lambda: "No Celery worker could be called" in caplog.text


@pytest.mark.one_database
@pytest.mark.parametrize("scheme", ["redis", "amqp"])
@pytest.mark.parametrize("silent", [False, True], ids=["refused", "silent"])
def test_a_broker_that_is_away_costs_no_registration_and_no_time(
    host: Host, caplog: pytest.LogCaptureFixture, scheme: str, silent: bool
) -> None:
    """S14, S13: the log says so without naming anybody, and the next round delivers."""
    host.load(factories.exchange(factories.open_event(**soon())))
    with silent_server() as silent_port:
        port = silent_port if silent else free_port()
        with portal_with(host, {"broker_url": f"{scheme}://127.0.0.1:{port}/"}) as portal:
            began = time.monotonic()
            assert [register(portal, number) for number in (1, 2)] == [303, 303]
            assert time.monotonic() - began < 3
            until(said_by(caplog))
            began = time.monotonic()
        # a web server that stops is not kept waiting either
        assert time.monotonic() - began < 10
    assert "buerger.example" not in caplog.text
    assert len(host.mails()) == 2


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("scheme", "port"),
    [
        pytest.param("redis", REDIS_PORT, marks=pytest.mark.needs("Redis")),
        pytest.param("amqp", RABBITMQ_PORT, marks=pytest.mark.needs("RabbitMQ")),
    ],
)
def test_a_broker_that_was_started_anew_is_found_again(
    host: Host, caplog: pytest.LogCaptureFixture, tmp_path: Path, scheme: str, port: int
) -> None:
    """The connection that is kept was closed meanwhile."""
    place = {"redis": "/14", "amqp": "//"}[scheme]
    with gate_to(port) as gate:
        celery_settings = {
            "broker_url": f"{scheme}://127.0.0.1:{gate.port}{place}",
            "task_default_queue": str(tmp_path),
        }
        with portal_with(host, celery_settings) as portal, waiting_tasks(portal) as waiting:
            write(portal)
            until(lambda: waiting() == 1)
            gate.cut()
            write(portal)
            until(lambda: waiting() == 2 or said_by(caplog)())
    assert not said_by(caplog)()
    if scheme == "redis":
        forget_in_redis(str(tmp_path))


@contextmanager
def waiting_tasks(portal: Host) -> Iterator[Callable[[], int]]:
    """Counts the tasks that no worker has taken; none is left behind."""
    celery = portal.app.extensions["celery"]
    queue = celery.conf.task_default_queue

    def count() -> int:
        with celery.connection() as connection:
            try:
                return int(connection.default_channel.queue_declare(queue, passive=True)[1])
            except ChannelError:
                return 0

    yield count
    with celery.connection() as connection:
        connection.default_channel.queue_delete(queue)
        connection.default_channel.exchange_delete(queue)


@pytest.mark.one_database
def test_a_task_that_fails_tells_celerys_log_no_address(host: Host, peer: Peer) -> None:
    """S13: a database's error repeats what was to be written."""
    from flask_stadtlabor.tasks import OutboxFailed, deliver, run

    write(host)
    with host.app.app_context():
        host.db.session.execute(text("ALTER TABLE stadtlabor_outbox RENAME TO gone"))
        host.db.session.commit()
        for task in (deliver, run):
            with pytest.raises(OutboxFailed, match=r"^OperationalError$") as caught:
                task.run()
            assert caught.value.__suppress_context__


def findings(portal: Host) -> str:
    return portal.run("check").stderr.replace("\n", " ")


@pytest.mark.one_database
def test_the_check_misses_celery_on_this_app(host: Host) -> None:
    portal = host.make(STADTLABOR_OUTBOX="celery")
    assert "this app has no Celery in app.extensions; set one up" in findings(portal)
    assert "Celery" not in findings(host)


@pytest.mark.one_database
def test_the_check_misses_a_broker_that_does_not_answer(host: Host) -> None:
    with portal_with(host, {"broker_url": f"redis://127.0.0.1:{free_port()}/0"}) as portal:
        assert "Celery's broker does not answer (OperationalError)" in findings(portal)


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.needs("Redis")
def test_the_check_misses_a_worker_until_one_is_there(
    host: Host, portal: Host, peer: Peer, celery_settings: Settings
) -> None:
    assert "No Celery worker answers, so that mail waits; start one." in findings(portal)
    with worker(host, peer, celery_settings, "--hostname", "postman@town-hall"):
        until(lambda: "No Celery worker" not in findings(portal))
        assert "Celery workers that deliver mail: postman@town-hall." in portal.run("check").stdout


@pytest.mark.one_database
def test_the_check_asks_for_beat_where_nothing_has_come_by(host: Host, portal: Host) -> None:
    assert "let Celery beat call stadtlabor.run every minute" in findings(portal)
    portal.run("outbox", "run")
    assert "stadtlabor.run" not in findings(portal)


@pytest.mark.one_database
def test_celery_that_is_not_installed_is_asked_for_at_the_start(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "flask_stadtlabor.tasks", raising=False)
    monkeypatch.delattr(flask_stadtlabor, "tasks", raising=False)
    monkeypatch.setitem(sys.modules, "celery", None)
    with pytest.raises(ConfigurationError, match=r"install flask-stadtlabor\[celery\]"):
        host.make(STADTLABOR_OUTBOX="celery")
    host.make(STADTLABOR_OUTBOX="worker")

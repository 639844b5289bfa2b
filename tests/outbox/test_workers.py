"""Real processes at one outbox: together, killed, stopped, and without their database."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_stadtlabor.outbox.models import MailState
from tests import factories
from tests.host import Host
from tests.outbox.letters import rows, write
from tests.outbox.peer import Peer
from tests.registration.crowd import crowd
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]
LINKS = ("IMPRINT", "PRIVACY", "ACCESSIBILITY", "BARRIER_REPORT")
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def by_the_machines_clock(host: Host) -> None:
    """As the processes are."""
    host.clock.now = datetime.now(UTC)


def environment(host: Host, peer: Peer, **config: Any) -> dict[str, str]:
    """The environment of a process that works off the outbox of ``host``."""
    settings = {
        "SQLALCHEMY_DATABASE_URI": host.url.render_as_string(hide_password=False),
        "STADTLABOR_BASE_URL": "https://stadt.example",
        "STADTLABOR_OUTBOX": "worker",
        **{f"STADTLABOR_{name}_URL": "/portal" for name in LINKS},
        **peer.settings,
        **config,
    }
    return os.environ | {f"FLASK_{name}": json.dumps(value) for name, value in settings.items()}


@contextmanager
def worker(host: Host, peer: Peer, *options: str) -> Iterator[subprocess.Popen[str]]:
    """``flask stadtlabor outbox run`` in a process of its own."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "flask", "--app", "tests.hosts.ten_lines"),
            *("stadtlabor", "outbox", "run", *options),
        ],
        cwd=ROOT,
        env=environment(host, peer),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)


def test_two_workers_send_each_mail_once(host: Host, peer: Peer) -> None:
    """S14: fifty mails, and neither worker waits for the other."""
    write(host, 50)
    written = {mail.message_id for mail in rows(host)}
    peer.on_message = lambda: time.sleep(0.02)
    with worker(host, peer) as first, worker(host, peer) as second:
        outputs = [process.communicate(timeout=PATIENCE) for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), outputs
    arrived = [message["Message-ID"] for message in peer.received]
    assert len(arrived) == 50
    assert set(arrived) == written
    assert {mail.state for mail in rows(host)} == {MailState.SENT}
    assert {mail.attempts for mail in rows(host)} == {1}


def test_kill_9_in_the_middle_of_a_delivery_loses_nothing(host: Host, peer: Peer) -> None:
    """S14: and what may have arrived already comes again under the same Message-ID."""
    write(host, 20)
    written = {mail.message_id for mail in rows(host)}
    at_work = peer.hesitate_after(5)
    with worker(host, peer) as process:
        assert at_work.wait(60)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
    states = [mail.state for mail in rows(host)]
    assert states.count(MailState.SENT) == 5
    assert states.count(MailState.QUEUED) == 15

    host.clock.move(minutes=11)
    later = [message["Message-ID"] for message in host.mails()]
    early = [message["Message-ID"] for message in peer.received]
    assert len(later) == len(set(later)) == 15
    assert set(early) | set(later) == written
    assert len(set(early) & set(later)) <= 1


@pytest.mark.one_database
def test_a_watching_worker_finishes_the_mail_at_hand(host: Host, peer: Peer) -> None:
    """SIGTERM in the middle of many: none is half done, and none is left claimed."""
    write(host, 100)
    peer.on_message = lambda: time.sleep(0.05)
    with worker(host, peer, "--watch") as process:
        until(lambda: len(peer.received) >= 3)
        process.terminate()
        output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    assert output.endswith("Stopped.\n")
    states = [mail.state for mail in rows(host)]
    assert states.count(MailState.SENT) == len(peer.received) < 100
    assert not any(mail.claimed_until for mail in rows(host) if mail.state == MailState.QUEUED)


@pytest.mark.one_database
def test_a_watching_worker_waits_for_a_database_that_is_away(host: Host, peer: Peer) -> None:
    """It says so once, and goes on when it is back."""
    lock = sqlite3.connect(str(host.url.database), isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    with closing(lock), worker(host, peer, "--watch") as process:
        assert process.stderr is not None
        assert process.stderr.readline().endswith("Trying again.\n")
        lock.execute("ROLLBACK")
        write(host)
        until(lambda: len(peer.received) == 1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert errors == "The database answers again.\n"


@pytest.mark.one_database
def test_a_single_run_tells_of_a_database_that_is_away(host: Host, peer: Peer) -> None:
    Path(str(host.url.database)).unlink()
    with worker(host, peer) as process:
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "Traceback" not in errors
    assert "database" in errors


def test_workers_at_once_remind_everybody_once(host: Host, peer: Peer) -> None:
    """Three of them, begun in the same second, on what is due to sixty people."""
    event = factories.open_event(
        registration={"capacity": None, "reminder_hours": [24]},
        **{key: factories.event_in(0.9)[key] for key in ("starts_at", "ends_at")},
    )
    host.load(factories.exchange(event))
    crowd(host, 60, confirmed_at=host.clock() - timedelta(days=2))
    with (
        worker(host, peer) as first,
        worker(host, peer) as second,
        worker(host, peer) as third,
    ):
        outputs = [process.communicate(timeout=PATIENCE) for process in (first, second, third)]
    assert [process.returncode for process in (first, second, third)] == [0, 0, 0], outputs
    reminded = [int(re.findall(r"(\d+) reminded", output)[0]) for output, _ in outputs]
    assert sum(reminded) == 60
    arrived = [message["To"] for message in peer.received]
    assert sorted(arrived) == sorted(f"person{number}@buerger.example" for number in range(1, 61))

"""Whether a registered address can be told from any other by the time that answers take.

``python -m benchmarks.discretion [--database sqlite] [--people N] [--outbox inline]`` serves the
portal by gunicorn with one worker, whose mail goes to a real mail server, and sends each public
form by turns for addresses that are registered and for such as are not. It prints the median of
each, and the ratio: of the answer itself, and of the answer with the next requests of the same
worker, into which falls what the worker does about the address in the background.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL

from benchmarks.pages import CONSENTS, OURS, settings, upgrade
from benchmarks.servers import free_port, serve
from benchmarks.visitors import Server, cookie_after, filled_in
from tests import factories
from tests.databases import names, open_databases
from tests.host import Host
from tests.journeys.timing import overlap
from tests.registration.crowd import crowd

PEOPLE = 200
REQUESTS_AFTER = 4
PAUSE = 0.3
STATES = ("confirmed", "held", "waiting", "cancelled")
FORMS = {"send-link": "registration/send-link", "register": "events/plattform/register"}
PAGE = f"{OURS}events/plattform/"
STRANGERS = 1_000_000
"""Numbers from here on belong to people who are not registered."""


class Times(NamedTuple):
    """Seconds that one form took."""

    answer: float
    with_next: float
    """Together with the next requests of the same worker."""


class Sender:
    """A browser that has a form open, and sends it as often as it is asked."""

    def __init__(self, server: Server, form: str) -> None:
        self._server = server
        self._path = OURS + FORMS[form]
        opened = server.ask(self._path)
        self._cookie = cookie_after(opened)
        self._fields = filled_in(opened, CONSENTS if form == "register" else {})

    def send(self, number: int) -> Times:
        """Send it for the person of this number, then see other pages."""
        # what was done about the one before has come to its end
        time.sleep(PAUSE)
        fields = self._fields | factories.person(number)
        start = time.perf_counter()
        self._server.ask(self._path, form=fields, headers=self._cookie, status=303)
        answered = time.perf_counter()
        for _ in range(REQUESTS_AFTER):
            self._server.ask(PAGE)
        return Times(answered - start, time.perf_counter() - start)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.discretion")
    parser.add_argument("--people", type=int, default=PEOPLE, help="how many of each kind")
    parser.add_argument("--database", action="append", choices=names())
    parser.add_argument("--outbox", action="append", choices=("inline", "worker"))
    parser.add_argument("--state", action="append", choices=STATES)
    parser.add_argument("--form", action="append", choices=list(FORMS))
    asked = parser.parse_args()
    for name in asked.database or names():
        with tempfile.TemporaryDirectory() as folder:
            databases = open_databases(name, Path(folder), upgrade)
            try:
                for outbox in asked.outbox or ("inline", "worker"):
                    print(f"\n{name}, mail by {outbox}: median for known, for new, ratio\n")
                    for state in asked.state or STATES[:1]:
                        url = databases.upgraded()
                        with portal(url, Path(folder), outbox, state, asked.people) as server:
                            for form in asked.form or FORMS:
                                report(f"{form}, {state}", *measure(server, form, asked.people))
                        databases.discard(url)
            finally:
                databases.close()


@contextmanager
def portal(url: URL, folder: Path, outbox: str, state: str, people: int) -> Iterator[Server]:
    """One worker, for whom so many people are registered in this state."""
    with mail_server() as port:
        config = {
            **settings(url),
            "STADTLABOR_RATE_LIMITS": None,
            "STADTLABOR_OUTBOX": outbox,
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": port,
        }
        fill(url, folder, config, state, people)
        environment = {f"FLASK_{key}": json.dumps(value) for key, value in config.items()}
        log = folder / "portal.log"
        application = "benchmarks.portal:create_app()"
        with serve(application, environment, log, "--workers", "1") as running:
            yield Server(running.port)


@contextmanager
def mail_server() -> Iterator[int]:
    """A mail server in a process of its own, which takes everything; its port."""
    port = free_port()
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}"]
    process = subprocess.Popen([*command, "-c", "aiosmtpd.handlers.Sink"])  # noqa: S603
    try:
        yield port
    finally:
        process.terminate()
        process.wait(30)


def fill(url: URL, folder: Path, config: dict[str, Any], state: str, people: int) -> None:
    """One event with a form, and people who are registered for it."""
    host = Host(url, folder, **config | {"STADTLABOR_OUTBOX": "worker"})
    host.clock.now = datetime.now(UTC)
    details = factories.registration(capacity=1 if state == "waiting" else None)
    host.load(
        factories.exchange(
            factories.event_in(
                30, purposes=[factories.PHOTOS, factories.PRIVACY], registration=details
            )
        )
    )
    # has number 1, and the only seat where people wait
    crowd(host, email="first@buerger.example")
    until = host.clock.now + timedelta(days=2) if state == "held" else None
    crowd(host, people, state=state, expires_at=until)
    host.close()


def measure(server: Server, form: str, people: int) -> tuple[list[Times], list[Times]]:
    """Send the form by turns for people who are registered and for such as are not."""
    sender = Sender(server, form)
    for number in range(people // 10):
        sender.send(2 * STRANGERS + number)
    known, new = [], []
    for number in range(2, people + 2):
        known.append(sender.send(number))
        new.append(sender.send(STRANGERS + number))
    return known, new


def report(name: str, known: Sequence[Times], new: Sequence[Times]) -> None:
    """Two lines with what was found; the last number is a half where nothing differs."""
    for part, field in (("the answer", "answer"), ("with the next", "with_next")):
        pair = [[getattr(times, field) * 1000 for times in found] for found in (known, new)]
        medians = [statistics.median(times) for times in pair]
        print(
            f"  {name:<22}{part:<15}{medians[0]:>8.2f}{medians[1]:>8.2f} ms"
            f"{medians[0] / medians[1]:>7.2f}{overlap(*pair):>7.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()

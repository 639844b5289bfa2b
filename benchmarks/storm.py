"""A storm: 2,000 people come to one event within a minute, and 300 of them want its hundred seats.

``python -m benchmarks.storm [--database sqlite] [--workers sync] [--seconds N]`` serves the portal
by gunicorn, on each database and with each kind of workers, and lets people arrive at random. Each
loads the event's page; those who want a seat open the form, wait as long as it asks for, send it
and see what comes next. Everybody comes from an address of their own, which a proxy in front hands
on: so all limits are on as they come, and turn nobody away.

It fails where anybody gets another answer than a page, a seat or “full”, where not exactly all
seats are taken, and where the consent ledger is not whole.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, text

from benchmarks import content
from benchmarks.pages import ANSWERS, CONSENTS, OURS, command, settings, upgrade
from benchmarks.servers import Running, serve
from benchmarks.visitors import Server, cookie_after, filled_in, next_page, rate, status_of
from tests.databases import names, open_databases

PEOPLE, REGISTERING, SEATS = 2_000, 300, 100
EVENTS = 50
WARM_UP = 3.0
FORM_SECONDS = 2
"""The least time between a form and its answer, as it is set by default."""
WORKERS = {"sync": (), "gthread": ("--worker-class", "gthread", "--threads", "8")}
"""gunicorn's options for each kind, two processes each."""
STEPS = ("event page", "form", "registration", "page after it")


class Crowd:
    """What people meet, as it happens to them."""

    def __init__(self, server: Server, page: str) -> None:
        self._server = server
        self._page = page
        self.seconds: dict[str, list[float]] = defaultdict(list)
        """How long each answer took, by what was asked for."""
        self.outcomes: Counter[str] = Counter()
        """How it ended for those who wanted a seat."""
        self.faults: list[str] = []

    def look(self, number: int) -> None:
        """Somebody loads the event's page."""
        self._ask("event page", number, self._page)

    def register(self, number: int) -> None:
        """Somebody loads it, and wants a seat."""
        self.look(number)
        form = self._ask("form", number, f"{self._page}register", 200, 409)
        if status_of(form) == 200:
            time.sleep(FORM_SECONDS)
            cookie = cookie_after(form)
            fields = filled_in(form, ANSWERS | CONSENTS)
            answer = self._ask("registration", number, f"{self._page}register", 303, 409,
                               form=fields, headers=cookie)  # fmt: skip
            if status_of(answer) == 303:
                cookie = cookie_after(answer) or cookie
                self._ask("page after it", number, next_page(answer), headers=cookie)
                self.outcomes["seat"] += 1
                return
        self.outcomes["full"] += 1

    def come(self, number: int) -> None:
        """One of them comes; what goes wrong is written down."""
        try:
            (self.register if number < REGISTERING else self.look)(number)
        except Exception as fault:
            self.faults.append(f"{type(fault).__name__}: {fault}")

    def _ask(
        self,
        step: str,
        number: int,
        path: str,
        *statuses: int,
        form: dict[str, str] | None = None,
        headers: str = "",
    ) -> bytes:
        address = f"X-Forwarded-For: 10.1.{number // 250}.{number % 250}\r\n"
        start = time.perf_counter()
        answer = self._server.answer(path, form=form, headers=address + headers)
        self.seconds[step].append(time.perf_counter() - start)
        if status_of(answer) not in (statuses or (200,)):
            raise UnexpectedAnswer(f"{step}: {answer[:500]!r}")
        return answer


class UnexpectedAnswer(Exception):
    """Neither what was asked for, nor “full”."""


def main() -> None:
    """Let it storm on each database, and print what people met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storm")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long people arrive")
    parser.add_argument("--database", action="append", choices=names())
    parser.add_argument("--workers", action="append", choices=list(WORKERS))
    asked = parser.parse_args()
    faults = 0
    for name in asked.database or names():
        with tempfile.TemporaryDirectory() as folder:
            databases = open_databases(name, Path(folder), upgrade)
            try:
                for kind in asked.workers or WORKERS:
                    print(
                        f"\n{name}, {kind} workers: 95th percentile and slowest, ms\n", flush=True
                    )
                    faults += storm(databases.upgraded(), Path(folder), kind, asked.seconds)
            finally:
                databases.close()
    if faults:
        raise SystemExit(f"{faults} faults.")


def storm(url: URL, folder: Path, kind: str, seconds: float) -> int:
    """Let people come to one portal; returns how many things went wrong."""
    with portal(url, folder, kind) as (running, slug):
        server, page = Server(running.port), f"{OURS}events/{slug}/"
        for path in (page, f"{page}register"):
            # the workers are up, and have compiled their templates
            rate(server.page(path), WARM_UP)
        crowd = Crowd(server, page)
        arrive(crowd, seconds)
    faults = [*crowd.faults, *wrong_in(url, crowd)]
    report(crowd)
    for fault, count in Counter(faults).most_common(5):
        print(f"  FAULT, {count} times: {fault}")
    return len(faults)


@contextmanager
def portal(url: URL, folder: Path, kind: str) -> Iterator[tuple[Running, str]]:
    """A portal with the event, and the event's slug."""
    shown, slug = content.exchange(EVENTS)
    event = next(event for event in shown["events"] if event["slug"] == slug)
    event["registration"] |= {"capacity": SEATS, "waiting_list": False}
    path = folder / "content.json"
    path.write_text(json.dumps(shown))
    command(url, "import", str(path))
    environment = {f"FLASK_{key}": json.dumps(value) for key, value in strict(url).items()}
    log = folder / f"{kind}.log"
    with serve("benchmarks.portal:create_app()", environment, log, *WORKERS[kind]) as running:
        yield running, slug


def strict(url: URL) -> dict[str, Any]:
    """The settings of the other measures, with all limits and the form's time as they come."""
    found = settings(url) | {"BEHIND_A_PROXY": True, "STADTLABOR_FORM_MIN_SECONDS": FORM_SECONDS}
    del found["STADTLABOR_RATE_LIMITS"]
    return found


def arrive(crowd: Crowd, seconds: float) -> None:
    """People come at random moments, each for themselves, and the same ones every time."""
    dice = random.Random(1)  # noqa: S311 - the same moments next time
    arrivals = sorted((dice.uniform(0, seconds), number) for number in range(PEOPLE))
    start = time.perf_counter()
    people = []
    for moment, number in arrivals:
        time.sleep(max(0.0, start + moment - time.perf_counter()))
        people.append(threading.Thread(target=crowd.come, args=(number,)))
        people[-1].start()
    for person in people:
        person.join()


def wrong_in(url: URL, crowd: Crowd) -> Iterator[str]:
    """What is not as it should be once everybody has gone."""
    with create_engine(url).connect() as connection:
        taken = connection.scalar(text("SELECT max(seats_taken) FROM stadtlabor_event"))
        registered = connection.scalar(text("SELECT count(*) FROM stadtlabor_registration"))
    if not taken == registered == crowd.outcomes["seat"] == SEATS:
        yield f"{taken} seats are taken by {registered} registrations, for {crowd.outcomes}."
    if sum(crowd.outcomes.values()) + len(crowd.faults) < REGISTERING:
        yield "Somebody who wanted a seat got no answer."
    try:
        command(url, "consent", "verify")
    except SystemExit as broken:
        yield str(broken)


def report(crowd: Crowd) -> None:
    """A line for each thing that people asked for."""
    for step in STEPS:
        times = sorted(crowd.seconds[step])
        slow = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else 0
        print(f"  {step:<16}{len(times):>6}{slow * 1000:>9.0f}{times[-1] * 1000:>9.0f}", flush=True)
    print(f"  {', '.join(f'{count} {name}' for name, count in crowd.outcomes.items())}", flush=True)


if __name__ == "__main__":
    main()

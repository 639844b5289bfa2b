"""How fast our pages are, beside a bare Flask application on the same database.

``python -m benchmarks.pages [--seconds N] [--rounds N] [--database sqlite]`` serves both by the
same gunicorn with two workers, asks them in turns, and prints requests a second and their ratio:
the median of the rounds, and in brackets the least and the greatest.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL, create_engine

from benchmarks import bare, bare_templates, content
from benchmarks.portal import create_app
from benchmarks.servers import Running, serve
from benchmarks.visitors import Server, Visit, rate
from tests.databases import Databases, open_databases

KEY = "only for measuring"
FEW, MANY = 50, 5_000
TO_REACH = {
    "event page": 1.0,
    "conditional GET": 1.2,
    f"list of {FEW} events": 0.5,
    f"list of {MANY:,} events": 0.5,
}
"""The least ratio that we want."""
REGISTRATION_TO_REACH = {"sqlite": 0.40, "postgresql": 0.28}
"""The same of a registration, by database: each statement costs more where a server answers it."""
MOST_MIB = 100
"""A worker's memory."""
ANSWERS = {"given_name": "Ada", "family_name": "Muster", "party_size": "1"}
CONSENTS = {f"consent-{slug}": "given" for slug in ("photos-website", "photos-print")}
WARM_UP = 0.5


class Measured(NamedTuple):
    """One thing that people do, and how they do it with either portal."""

    name: str
    ours: Visit
    bare: Visit


class Round(NamedTuple):
    """Visits a second in one round."""

    ours: float
    bare: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each turn takes")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", action="append", help="sqlite or postgresql, or both")
    asked = parser.parse_args()
    for name in asked.database or ["sqlite", "postgresql"]:
        print(f"\n{name}: requests a second, ours and bare, and their ratio\n", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            files = Path(folder) / "sqlite"
            files.mkdir()
            databases = open_databases(name, files, upgrade)
            try:
                to_reach = TO_REACH | {"registration": REGISTRATION_TO_REACH[name]}
                measure(databases, Path(folder), asked.seconds, asked.rounds, to_reach)
            finally:
                databases.close()


def upgrade(url: URL) -> None:
    """Make our tables."""
    command(url, "db", "upgrade")


def measure(
    databases: Databases,
    folder: Path,
    seconds: float,
    rounds: int,
    to_reach: Mapping[str, float],
) -> None:
    """All measures on one kind of database."""
    with ExitStack() as stack:
        for events in (FEW, MANY):
            place = folder / str(events)
            place.mkdir()
            pair = stack.enter_context(portals(databases, place, events))
            for measured in measures(*pair, events):
                found = [turn(measured, seconds) for _ in range(rounds)]
                report(measured, found, to_reach.get(measured.name))
            if events == FEW:
                report_memory(pair[0])


@contextmanager
def portals(
    databases: Databases, folder: Path, events: int
) -> Iterator[tuple[Running, Running, str]]:
    """Both portals with the same events, and the slug of the one that is looked at."""
    shown, slug = content.exchange(events)
    ours_url, bare_url = databases.upgraded(), databases.empty()
    fill_ours(ours_url, folder, shown)
    fill_bare(bare_url, shown)
    environment = {f"FLASK_{key}": json.dumps(value) for key, value in settings(ours_url).items()}
    with serve("benchmarks.portal:create_app()", environment, folder / "ours.log") as ours:
        write_templates(ours, folder, slug, events)
        environment = {bare.URL: _text(bare_url), bare.TEMPLATES: str(folder)}
        with serve("benchmarks.bare:create_app()", environment, folder / "bare.log") as plain:
            yield ours, plain, slug


def settings(url: URL) -> dict[str, Any]:
    """A portal as a city would run it: mail by a worker, and all limits on, but far away."""
    return {
        "SECRET_KEY": KEY,
        "SQLALCHEMY_DATABASE_URI": _text(url),
        "STADTLABOR_LEDGER_KEY": KEY,
        "STADTLABOR_BASE_URL": "http://127.0.0.1",
        "STADTLABOR_OUTBOX": "worker",
        "STADTLABOR_FORM_MIN_SECONDS": 0,
        "STADTLABOR_RATE_LIMITS": {"register": "1000000000 per minute"},
    }


def fill_ours(url: URL, folder: Path, shown: dict[str, Any]) -> None:
    """Import the events."""
    path = folder / "content.json"
    path.write_text(json.dumps(shown))
    command(url, "import", str(path))


def fill_bare(url: URL, shown: dict[str, Any]) -> None:
    """Put the same events into the baseline's table."""
    rows = [
        {
            "slug": event["slug"],
            "title": event["title"]["de"],
            "summary": event.get("summary", {}).get("de", ""),
            "starts_at": event["starts_at"],
        }
        for event in shown["events"]
    ]
    engine = create_engine(url)
    with engine.begin() as connection:
        bare.fill(connection, rows)
    engine.dispose()


def write_templates(ours: Running, folder: Path, slug: str, events: int) -> None:
    """The baseline's templates, of the size of our pages."""
    server = Server(ours.port)
    addresses = {
        "event.html": f"events/{slug}/",
        "form.html": f"events/{slug}/register",
        "list.html": "",
        "calendar.ics": "calendar.ics",
    }
    bodies = {name: _body(server, f"{OURS}{path}") for name, path in addresses.items()}
    bodies["thanks.html"] = bodies["form.html"][:15_000]
    bare_templates.write(folder, bodies, bare.LIST_LENGTH, events)


OURS = "/stadtlabor/de/"


def measures(ours: Running, plain: Running, slug: str, events: int) -> Iterator[Measured]:
    """What people do; with many events only what depends on their number."""
    here, there = Server(ours.port), Server(plain.port)
    if events == FEW:
        page = f"events/{slug}/"
        # Flask with neither database nor template: what no page of ours can be faster than
        yield Measured("constant page", there.page("/constant"), there.page(f"/{page}"))
        yield Measured("event page", here.page(OURS + page), there.page(f"/{page}"))
        # the baseline knows no conditional requests: it makes its page each time
        yield Measured("conditional GET", here.page_again(OURS + page), there.page(f"/{page}"))
    yield Measured(f"list of {events:,} events", here.page(OURS), there.page("/"))
    feed = here.page(f"{OURS}calendar.ics"), there.page("/calendar.ics")
    yield Measured(f"calendar of {events:,} events", *feed)
    if events == FEW:
        form = f"events/{slug}/register"
        register = here.registration(OURS + form, ANSWERS | CONSENTS)
        yield Measured("registration", register, there.registration(f"/{form}", ANSWERS))


def turn(measured: Measured, seconds: float) -> Round:
    """One turn with each portal."""
    return Round(_rate(measured.ours, seconds), _rate(measured.bare, seconds))


def _rate(visit: Visit, seconds: float) -> float:
    rate(visit, min(WARM_UP, seconds))
    return rate(visit, seconds)


def report(measured: Measured, rounds: list[Round], wanted: float | None) -> None:
    """A line with what was found."""
    ratios = [found.ours / found.bare for found in rounds]
    ours, plain = _median(rounds, lambda found: found.ours), _median(rounds, lambda f: f.bare)
    ratio = statistics.median(ratios)
    verdict = (
        "" if wanted is None else f"  wanted {wanted:.2f}{'' if ratio >= wanted else '  MISSED'}"
    )
    print(
        f"  {measured.name:<26}{ours:>9.1f}{plain:>9.1f}{ratio:>8.2f}"
        f"  ({min(ratios):.2f} to {max(ratios):.2f}){verdict}",
        flush=True,
    )


def report_memory(ours: Running) -> None:
    """A line with what our workers hold after all that."""
    most = max(ours.worker_kib()) / 1024
    verdict = "" if most < MOST_MIB else "  MISSED"
    print(f"  {'memory of a worker':<26}{most:>9.1f} MiB  wanted < {MOST_MIB}{verdict}", flush=True)


def _median(rounds: list[Round], of: Callable[[Round], float]) -> float:
    return statistics.median(of(found) for found in rounds)


def _body(server: Server, path: str) -> bytes:
    return server.ask(path).partition(b"\r\n\r\n")[2]


def command(url: URL, *words: str) -> None:
    """``flask stadtlabor <words>`` on our portal."""
    result = create_app(settings(url)).test_cli_runner().invoke(args=["stadtlabor", *words])
    if result.exit_code != 0:
        raise SystemExit(result.output)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


if __name__ == "__main__":
    main()

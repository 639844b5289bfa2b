"""How long the office waits for the list of an event with very many registrations.

``python -m benchmarks.office [--registrations N] [--database sqlite]`` asks for pages of the list
in this process, and prints the median time, the slowest, and how many statements each took; then
for the downloads, how soon they begin and what they take.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time

from sqlalchemy import event as sql_event

from benchmarks.crowd import Crowd, crowd

REGISTRATIONS = 100_000
ROUNDS = 20
MOST_MS = 50
"""How long a page of the list may take."""
PAGES = {
    "the first page": {},
    "a page in the middle": {"page": "1000"},
    "the last page": {"page": "2000"},
    "everybody": {"state": "all"},
    "those who wait": {"state": "waiting"},
    "by language, the latest": {"language": "de", "sort": "newest"},
    "those without a yes": {"consent-photos": "open"},
    "a search by name": {"q": "Öztürk"},
    "a search by address": {"q": "person-77777@buerger.example"},
    "a search for nobody": {"q": "Niemand"},
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.office")
    parser.add_argument("--registrations", type=int, default=REGISTRATIONS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--database", action="append", help="sqlite, postgresql or mariadb")
    asked = parser.parse_args()
    for database in asked.database or ["sqlite", "postgresql"]:
        print(f"\n{database}: {asked.registrations:,} registrations, in milliseconds\n", flush=True)
        with crowd(database, asked.registrations) as (portal, slug):
            path = f"/stadtlabor/de/organise/events/{slug}/"
            for name, query in PAGES.items():
                _measure(portal, path, name, query, asked.rounds)
            for file in ("registrations.csv", "registrations.xlsx"):
                _download(portal, path + file)


def _download(portal: Crowd, address: str) -> None:
    """How soon a file begins, how long it takes, and how much memory it needs at most."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    answer = portal.app.test_client().get(address, buffered=False)
    pieces = iter(answer.response)
    size = len(next(pieces))
    first = (time.perf_counter() - start) * 1000
    size += sum(map(len, pieces))
    whole = time.perf_counter() - start
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    name = address.rpartition("/")[2]
    print(
        f"  {name:<24}{first:>8.1f}  until it begins, {whole:.1f} s in all, "
        f"{size / 2**20:.1f} MiB, {more:.1f} MiB of memory more than before",
        flush=True,
    )


def _measure(portal: Crowd, path: str, name: str, query: dict[str, str], rounds: int) -> None:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    with portal.app.app_context():
        engine = portal.db.engine
    client = portal.app.test_client()
    client.get(path, query_string=query)
    times = []
    sql_event.listen(engine, "before_cursor_execute", note)
    for _ in range(rounds):
        seen.clear()
        start = time.perf_counter()
        answer = client.get(path, query_string=query)
        times.append((time.perf_counter() - start) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status}")
    sql_event.remove(engine, "before_cursor_execute", note)
    median = statistics.median(times)
    print(
        f"  {name:<24}{median:>8.1f}  (at most {max(times):.1f}), {len(seen)} statements"
        f"  wanted < {MOST_MS}{'' if median < MOST_MS else '  MISSED'}",
        flush=True,
    )


if __name__ == "__main__":
    main()

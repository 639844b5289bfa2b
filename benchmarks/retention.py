"""How fast very many registrations are deleted by retention, and in how much memory.

``python -m benchmarks.retention [--registrations N] [--database sqlite]`` deletes a tenth of them
and then all in a process of its own each, and prints how many went in a second and the most memory
that was held: it should not grow with their number.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.crowd import Crowd, crowd
from flask_stadtlabor.privacy import retention

REGISTRATIONS = 100_000
YEARS = timedelta(days=1_000)
"""After so long everything is past its time."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retention")
    parser.add_argument("--registrations", type=int, default=REGISTRATIONS)
    parser.add_argument("--database", action="append", help="sqlite, postgresql or mariadb")
    asked = parser.parse_args()
    # a fresh process has not held yet what it took to register them
    context = multiprocessing.get_context("spawn")
    for database in asked.database or ["sqlite", "postgresql"]:
        for number in (asked.registrations // 10, asked.registrations):
            with crowd(database, number) as (portal, _):
                process = context.Process(target=measure, args=(database, portal.url, number))
                process.start()
                process.join()
            if process.exitcode:
                raise SystemExit(process.exitcode)


def measure(database: str, url: str, number: int) -> None:
    """Delete so many, and print a line."""
    portal = Crowd(url)
    portal.ahead = YEARS
    before = _most_mib()
    start = time.perf_counter()
    with portal.app.app_context():
        done = retention.run()
    seconds = time.perf_counter() - start
    if done.registrations != number:
        raise SystemExit(f"{done.registrations} of {number} registrations went.")
    print(
        f"{database}: {number:>8,} registrations in {seconds:6.1f} s"
        f" ({number / seconds:,.0f} a second), {_most_mib():.0f} MiB at most,"
        f" {before:.0f} before",
        flush=True,
    )


def _most_mib() -> float:
    """The most memory that this process ever held, and none of the one that began it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError


if __name__ == "__main__":
    main()

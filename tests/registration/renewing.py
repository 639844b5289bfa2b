"""Runs the due work, for a process of its own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from tests.host import Host


def main(url: str, folder: str, time: datetime) -> None:
    """One run of the worker at that time."""
    host = Host(make_url(url), Path(folder))
    host.clock.now = time
    result = host.run("outbox", "run")
    host.close()
    if result.exit_code != 0:
        raise SystemExit(result.output)

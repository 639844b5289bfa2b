"""Runs the due work in a process of its own: ``URL FOLDER TIME``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from tests.host import Host


def main(url: str, folder: str, time: str) -> None:
    """One run of the worker at that time."""
    host = Host(make_url(url), Path(folder))
    host.clock.now = datetime.fromisoformat(time)
    result = host.run("outbox", "run")
    host.close()
    if result.exit_code != 0:
        raise SystemExit(result.output)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Many processes write to one ledger, and its chain stays valid."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from flask_stadtlabor.consent.ledger.verification import verify
from tests.consent.acts import publish
from tests.host import Host

ROOT = Path(__file__).parents[2]
PROCESSES = 3
TIMES = 8


def start_writer(portal: Host) -> subprocess.Popen[str]:
    url = portal.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.consent.appending", url, str(portal.folder), str(TIMES)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(writer: subprocess.Popen[str]) -> None:
    _, errors = writer.communicate(timeout=120)
    assert writer.returncode == 0, errors


def test_writers_in_several_processes_keep_one_unbroken_chain(portal: Host) -> None:
    """C8, S6: no gap, no fork, no entry lost, on every engine."""
    publish()
    portal.db.session.commit()
    for writer in [start_writer(portal) for _ in range(PROCESSES)]:
        finish(writer)
    assert verify() == (PROCESSES * TIMES * 3, None)


def test_the_ledger_can_be_checked_while_others_write(portal: Host) -> None:
    """C9: what is appended meanwhile looks like no forgery."""
    publish()
    portal.db.session.commit()
    writer = start_writer(portal)
    while writer.poll() is None:
        found = verify()
        assert found.broken is None
        assert found.entries % 3 == 0
        portal.db.session.rollback()
    finish(writer)
    assert verify() == (TIMES * 3, None)

"""Many processes write to one ledger, and its chain stays in one piece."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from flask_stadtlabor.consent.ledger import verify
from tests.consent.acts import publish
from tests.host import Host

ROOT = Path(__file__).parents[2]
PROCESSES = 4
TIMES = 12


def test_writers_in_several_processes_keep_one_unbroken_chain(portal: Host) -> None:
    """C8, S6: no gap, no fork, no entry lost, on every engine."""
    publish()
    portal.db.session.commit()
    url = portal.url.render_as_string(hide_password=False)
    writer = (sys.executable, "-m", "tests.consent.appending", url, str(portal.folder), str(TIMES))
    writers = [
        subprocess.Popen(writer, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    for process in writers:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    assert verify() == (PROCESSES * TIMES * 3, None)


def test_the_ledger_can_be_checked_while_others_write(portal: Host) -> None:
    """C9: what is appended meanwhile looks like no forgery."""
    publish()
    portal.db.session.commit()
    url = portal.url.render_as_string(hide_password=False)
    writer = (sys.executable, "-m", "tests.consent.appending", url, str(portal.folder), str(TIMES))
    process = subprocess.Popen(writer, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    seen = set()
    while process.poll() is None:
        found = verify()
        assert found.broken is None
        seen.add(found.entries)
        portal.db.session.rollback()
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert verify() == (TIMES * 3, None)
    assert all(number % 3 == 0 for number in seen)

"""Many processes write to one ledger, and its chain stays valid."""

from __future__ import annotations

from flask_stadtlabor.consent.ledger.verification import verify
from tests.consent import appending
from tests.consent.acts import publish
from tests.host import Host
from tests.processes import finish, start

PROCESSES = 3
TIMES = 8


def test_writers_in_several_processes_keep_one_unbroken_chain(portal: Host) -> None:
    """C8, S6: no gap, no fork, no entry lost, on every engine."""
    publish()
    portal.db.session.commit()
    for writer in [start(appending.main, portal, TIMES) for _ in range(PROCESSES)]:
        finish(writer)
    assert verify() == (PROCESSES * TIMES * 3, None)


def test_the_ledger_can_be_checked_while_others_write(portal: Host) -> None:
    """C9: what is appended meanwhile looks like no forgery."""
    publish()
    portal.db.session.commit()
    writer = start(appending.main, portal, TIMES)
    while writer.is_alive():
        found = verify()
        assert found.broken is None
        assert found.entries % 3 == 0
        portal.db.session.rollback()
    finish(writer)
    assert verify() == (TIMES * 3, None)

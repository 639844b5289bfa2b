"""What is done about an address after the answer is as much work, whoever the address belongs to.

Where the process that answers delivers its mail as well, that work slows down its next answers. It
is counted in calls of functions, which nothing else on the machine makes more or less.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import Any, NamedTuple

import pytest

from flask_stadtlabor.adapters import smtp
from flask_stadtlabor.outbox.delivery import deliver_all
from tests import factories
from tests.forms import form_on, typed_into
from tests.host import Host
from tests.journeys.test_discretion import WRITES, Write
from tests.outbox.peer import Peer, free_port
from tests.registration.crowd import crowd

KNOWN = ("held", "confirmed", "waiting", "offered", "cancelled")
TOLERATED = 0.1
"""How much more or less work one may be; a mail of its own has other words."""


class Work(NamedTuple):
    """How many functions were called."""

    answer: int
    delivery: int


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    """A mail server, because the conversation with it belongs to the work."""
    peer = Peer(free_port())
    peer.start()
    yield peer
    peer.stop()


@contextmanager
def calls() -> Iterator[Callable[[], int]]:
    """Counts the calls that this thread makes within the block."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        yield lambda: count
    finally:
        sys.setprofile(None)


class Worker:
    """A process that answers, and delivers by itself what it has promised."""

    def __init__(self, portal: Host, write: Write) -> None:
        self._portal = portal
        self._write = write
        self._client = portal.client()
        self._form = form_on(self._client.get(write.form))

    def work_for(self, number: int) -> Work:
        """The calls it takes to answer this person's form, and to deliver the mail about it."""
        typed = typed_into(self._form, self._write.answers(number))
        with calls() as answering:
            response = self._client.post(self._write.form, data=typed)
        assert response.status_code == 303
        with self._portal.app.app_context(), calls() as delivering:
            deliver_all()
        return Work(answering(), delivering())


@pytest.mark.one_database
@pytest.mark.parametrize("state", KNOWN)
@pytest.mark.parametrize("write", WRITES)
def test_a_known_address_is_as_much_work_as_a_new_one(
    host: Host, peer: Peer, write: str, state: str
) -> None:
    """S2, S16: in the answer, and in what the same process does after it."""
    portal = host.make(ports={"mailer": smtp.send}, STADTLABOR_RATE_LIMITS=None, **peer.settings)
    people_who_are(portal, state)
    worker = Worker(portal, WRITES[write])
    for number in (2, 102, 3, 103):
        # templates are compiled, and statements known, from here on
        worker.work_for(number)
    known, new = worker.work_for(4), worker.work_for(104)
    for ours, theirs in zip(known, new, strict=True):
        assert ours == pytest.approx(theirs, rel=TOLERATED)


def people_who_are(portal: Host, state: str) -> None:
    """Three of them, behind somebody who has the only seat where people wait for one."""
    details: dict[str, Any] = {"capacity": 1 if state == "waiting" else None}
    portal.load(factories.exchange(factories.open_event(registration=details)))
    crowd(portal, email="first@buerger.example")
    until = {"expires_at": portal.clock() + timedelta(hours=1)}
    crowd(portal, 3, state=state, **(until if state in ("held", "offered") else {}))

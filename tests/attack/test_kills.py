"""Workers are killed again and again while many people register (``--people`` says how many).

S14, S6, C9: a kill loses what was not answered yet, and nothing else. Whoever was told so is
registered, each seat is counted once, the ledger is whole, and each mail arrives: once, or under
the Message-ID that it had the first time.
"""

from __future__ import annotations

import http.client
import os
import signal
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from random import Random
from urllib.error import HTTPError, URLError

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.consent.models import ConsentEntry
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.registration.models import ACTIVE, Registration
from tests import factories
from tests.attack.conftest import Tried
from tests.host import Host
from tests.races.server import THREADS, Server, Visitor, running

SEATS_OF_TEN = 6
"""For ten people, who want fifteen."""
AT_ONCE = 10
PEOPLE_TO_A_KILL = 8
"""How many are answered between one kill and the next."""
SECONDS_EACH = 6
"""How long the crowd may take for each of them, on a busy machine where workers come slowly."""
WORKERS = {"sync": ("--worker-class", "sync"), "gthread": THREADS}
LOST = (URLError, http.client.HTTPException, ConnectionError, TimeoutError)
"""What somebody sees whose connection ends without an answer."""
COME_AGAIN = 503
"""The answer to somebody who has waited too long for others to let go of the event (S17)."""


@dataclass
class Visit:
    """Somebody who wants a seat: what was answered in the end, and how often they had to send."""

    email: str
    size: int
    answer: int
    sent: int
    told: int
    """How often the answer was to come again later."""
    seconds: float
    """How long they waited for that, with all that was lost before."""


class Crowd:
    """People who come while somebody kills a worker each time that enough of them were answered."""

    def __init__(self, server: Server, people: int) -> None:
        self._server = server
        self._people = people
        self._ends_at = time.monotonic() + SECONDS_EACH * people
        self._dice = Random(1)  # noqa: S311 - a dice, and the same one next time
        self._lock = threading.Lock()
        self._answered = 0
        self.kills = 0

    def come(self) -> list[Visit]:
        """All of them come, so many at a time."""
        with ThreadPoolExecutor(AT_ONCE) as people:
            return list(people.map(self._register, range(self._people)))

    def _register(self, number: int) -> Visit:
        person = factories.person(number, party_size=str(1 + number % 2))
        given = person | {"consent-photos-website": ("given", "refused")[number % 2]}
        visitor, sent, told, begun = Visitor(), 0, 0, time.monotonic()
        while time.monotonic() < self._ends_at:
            try:
                if not sent:
                    address = f"{self._server.address}/stadtlabor/de/events/plattform/register"
                    visitor.open_form(address)
                sent += 1
                answer = visitor.send(given)
            except HTTPError:
                # an answer, though no form
                raise
            except LOST:
                time.sleep(0.25)
                continue
            if answer == COME_AGAIN:
                told += 1
                time.sleep(1)
                continue
            self._note_an_answer()
            seconds = time.monotonic() - begun
            return Visit(person["email"], 1 + number % 2, answer, sent, told, seconds)
        raise TimeoutError(self._so_far())

    def _note_an_answer(self) -> None:
        with self._lock:
            self._answered += 1
            if self._answered % PEOPLE_TO_A_KILL == 0:
                self._kill()
                self.kills += 1

    def _kill(self) -> None:
        """Kill any worker, as soon as there is one: the next may not be there yet."""
        while not (workers := self._server.workers()):
            if time.monotonic() > self._ends_at:
                raise TimeoutError(self._so_far())
            time.sleep(0.05)
        with suppress(ProcessLookupError):
            os.kill(self._dice.choice(workers), signal.SIGKILL)

    def _so_far(self) -> str:
        return (
            f"{self._answered} of {self._people} were answered, {self.kills} workers killed,"
            f" {len(self._server.workers())} are there."
        )


@pytest.mark.parametrize("kind", WORKERS)
def test_killed_workers_lose_nobody_who_was_answered(
    host: Host, tmp_path: Path, tried: Tried, people: int, kind: str
) -> None:
    """S14: the default delivery, by which the process that is killed also sends the mail."""
    host.clock.now = datetime.now(UTC)
    seats = people * SEATS_OF_TEN // 10
    dates = {key: factories.event_in(20)[key] for key in ("starts_at", "ends_at")}
    host.load(factories.exchange(factories.open_event(registration={"capacity": seats}, **dates)))
    settings = {"STADTLABOR_OUTBOX": "inline"}
    with running(host.url, tmp_path, workers=WORKERS[kind], **settings) as server:
        crowd = Crowd(server, people)
        visits = crowd.come()
    assert crowd.kills == people // PEOPLE_TO_A_KILL
    assert Counter(visit.answer for visit in visits) == {303: people}
    check_registrations(host, visits, seats)
    check_ledger(host, people)
    check_mails(host, tmp_path, visits)
    again = sum(visit.sent > 1 for visit in visits)
    told = sum(visit.told > 0 for visit in visits)
    longest = max(visit.seconds for visit in visits)
    tried(
        f"{kind} workers: {crowd.kills} kills in {people} registrations; {again} sent again,"
        f" {told} of them because they were told to, nobody waited longer than {longest:.0f} s"
    )


def check_registrations(host: Host, visits: list[Visit], seats: int) -> None:
    """One registration for each who was answered, with the seats of its party."""
    with host.app.app_context():
        rows = host.db.session.execute(
            select(Registration.email, Registration.party_size, Registration.state)
        ).all()
        event = host.db.session.scalars(select(Event)).one()
        taken, waiting = event.seats_taken, event.parties_waiting
    assert sorted((row.email, row.party_size) for row in rows) == sorted(
        (visit.email, visit.size) for visit in visits
    )
    assert {row.state for row in rows} <= set(ACTIVE)
    assert taken == sum(row.party_size for row in rows if row.state != "waiting") <= seats
    assert waiting == sum(row.state == "waiting" for row in rows)


def check_ledger(host: Host, people: int) -> None:
    """Whole, and what each of them was asked and answered is in it."""
    result = host.run("consent", "verify")
    assert result.exit_code == 0, result.output
    count = select(ConsentEntry.event, func.count()).group_by(ConsentEntry.event)
    with host.app.app_context():
        acts = dict(host.db.session.execute(count).all())
    assert acts["requested"] == people
    assert acts["given"] + acts["refused"] == people


def check_mails(host: Host, folder: Path, visits: list[Visit]) -> None:
    """Everybody got their mail, and no more mails than they asked for by sending the form."""
    # what a killed worker had claimed is free again by then
    host.clock.move(hours=1)
    sent = list(host.mails())
    for file in folder.glob("*.eml"):
        sent.append(message_from_bytes(file.read_bytes(), policy=policy.default))
    mails = defaultdict(set)
    for mail in sent:
        mails[mail["To"]].add(mail["Message-ID"])
    assert set(mails) == {visit.email for visit in visits}
    for visit in visits:
        assert 1 <= len(mails[visit.email]) <= visit.sent, visit
    states = select(OutboxMail.state).distinct()
    with host.app.app_context():
        assert set(host.db.session.scalars(states)) == {MailState.SENT}

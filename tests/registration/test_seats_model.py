"""Whatever people do in whatever order: seats and waiting list are as a simple model says (S6)."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration import operations
from flask_stadtlabor.registration.due import run_due
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.transactions import commit
from tests.factories import exchange, open_event
from tests.host import Host

HOLD = timedelta(hours=48)
TAKES_SEATS = ("held", "offered", "confirmed")
numbers = count(1)


@dataclass
class Party:
    """A party in the model."""

    size: int
    state: str
    ends: datetime | None = None


@dataclass
class Model:
    """What should be the case, reckoned without a database."""

    capacity: int
    waiting_list: bool
    starts: datetime
    now: datetime
    parties: dict[str, Party] = field(default_factory=dict)
    queue: list[str] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return sum(party.size for party in self.parties.values() if party.state in TAKES_SEATS)

    def register(self, email: str, size: int) -> str:
        before = deepcopy((self.parties, self.queue))
        if self._does_not_fit(size):
            self.end_overdue()
        if not self._does_not_fit(size):
            self.parties[email] = Party(size, "held", self.now + HOLD)
            return "held"
        if not self.waiting_list or size > self.capacity:
            # a refusal is rolled back as a whole
            self.parties, self.queue = before
            return "refused"
        self.parties[email] = Party(size, "waiting")
        self.queue.append(email)
        return "waiting"

    def _does_not_fit(self, size: int) -> bool:
        return bool(self.queue) or self.taken + size > self.capacity

    def leave(self, email: str, state: str) -> None:
        party = self.parties[email]
        if email in self.queue:
            self.queue.remove(email)
        party.state = state
        party.ends = None

    def end_overdue(self) -> None:
        for email, party in self.parties.items():
            if party.state in ("held", "offered") and party.ends and party.ends <= self.now:
                self.leave(email, "expired")
        self.promote()

    def promote(self) -> None:
        while self.queue and self.taken + self.parties[self.queue[0]].size <= self.capacity:
            party = self.parties[self.queue.pop(0)]
            party.state = "offered"
            party.ends = min(self.now + HOLD, self.starts)


class Seats(RuleBasedStateMachine):
    """People register, confirm, cancel, let things expire; staff changes the capacity."""

    host: Host

    @initialize(capacity=st.integers(1, 6), waiting_list=st.booleans())
    def publish(self, capacity: int, waiting_list: bool) -> None:
        self.slug = f"event-{next(numbers)}"
        self.host.clock.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.model = Model(
            capacity,
            waiting_list,
            starts=datetime(2026, 4, 22, 15, 30, tzinfo=UTC),
            now=self.host.clock.now,
        )
        self._import()

    def _import(self) -> None:
        registration = {
            "capacity": self.model.capacity,
            "waiting_list": self.model.waiting_list,
            "max_party_size": 4,
        }
        self.host.load(exchange(open_event(self.slug, purposes=[], registration=registration)))

    def _do(self, work: Callable[[Event], object]) -> object:
        with self.host.app.app_context():
            session = self.host.db.session
            event = session.scalar(select(Event).where(Event.slug == self.slug))
            return commit(lambda: work(event))

    def _on(self, email: str, operation: Callable[[Registration], object]) -> object:
        def work(event: Event) -> object:
            registration = self.host.db.session.scalar(
                select(Registration)
                .where(Registration.event_id == event.id, Registration.email == email)
                .order_by(Registration.id.desc())
            )
            registration.event = event
            return operation(registration)

        return self._do(work)

    def _in(self, *states: str) -> list[str]:
        return [email for email, party in self.model.parties.items() if party.state in states]

    @rule(size=st.integers(1, 4))
    def somebody_registers(self, size: int) -> None:
        email = f"person{next(numbers)}@buerger.example"
        application = operations.Application(
            given_name="A", family_name="B", email=email, party_size=size, language="de"
        )
        expected = self.model.register(email, size)
        try:
            state = self._do(lambda event: operations.register(event, application))
        except operations.NotTaken:
            state = "refused"
        assert state == expected

    @precondition(lambda self: self._in("held", "offered"))
    @rule(data=st.data())
    def somebody_confirms(self, data: st.DataObject) -> None:
        email = data.draw(st.sampled_from(self._in("held", "offered")))
        party = self.model.parties[email]
        if party.ends is not None and party.ends <= self.model.now:
            with pytest.raises(operations.NotPossible):
                self._on(email, operations.confirm)
        else:
            self._on(email, operations.confirm)
            party.state, party.ends = "confirmed", None

    @precondition(lambda self: self._in("held", "offered", "confirmed", "waiting"))
    @rule(data=st.data())
    def somebody_cancels(self, data: st.DataObject) -> None:
        email = data.draw(st.sampled_from(self._in("held", "offered", "confirmed", "waiting")))
        self._on(email, operations.cancel)
        self.model.leave(email, "cancelled")
        self.model.promote()

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        if self.model.now + timedelta(hours=hours) < self.model.starts - HOLD:
            self.host.clock.move(hours=hours)
            self.model.now += timedelta(hours=hours)

    @rule()
    def the_worker_runs(self) -> None:
        with self.host.app.app_context():
            run_due()
        self.model.end_overdue()

    @rule(more=st.integers(1, 3))
    def staff_raises_the_capacity(self, more: int) -> None:
        self.model.capacity += more
        self._import()
        self.the_worker_runs()

    @invariant()
    def the_database_agrees(self) -> None:
        if not hasattr(self, "slug"):
            return
        with self.host.app.app_context():
            session = self.host.db.session
            event = session.scalar(select(Event).where(Event.slug == self.slug))
            found = session.execute(
                select(Registration.email, Registration.state)
                .where(Registration.event_id == event.id)
                .order_by(Registration.id)
            ).all()
            queue = session.scalars(
                select(Registration.email)
                .where(Registration.event_id == event.id, Registration.state == "waiting")
                .order_by(Registration.queue_number)
            ).all()
            assert [tuple(row) for row in found] == [
                (email, party.state) for email, party in self.model.parties.items()
            ]
            assert list(queue) == self.model.queue
            assert event.seats_taken == self.model.taken <= event.capacity
            assert event.parties_waiting == len(self.model.queue)


def test_seats_and_waiting_list_follow_the_model(host: Host) -> None:
    """S6: no seat is given twice, none stays blocked, nobody is passed."""

    class OnThisDatabase(Seats):
        """The machine on the host's database."""

    OnThisDatabase.host = host
    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(
            max_examples=25 if host.database == "sqlite" else 10,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

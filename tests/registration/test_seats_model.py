"""Whatever happens in whatever order: seats and waiting list are as a simple model says (S6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
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
from flask_stadtlabor.registration import applying, states
from flask_stadtlabor.registration.changing import Wish, change
from flask_stadtlabor.registration.due import run_due
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.transactions import commit
from tests.factories import exchange, open_event
from tests.host import Host
from tests.registration.model import ACTIVE, BEGINNING, START, Model

LARGEST_PARTY = 4
numbers = count(1)
sizes = st.integers(1, LARGEST_PARTY)
capacities = st.sampled_from([*range(1, 7), *range(1, 7), None])
"""Mostly some, because an event without a limit has no queue."""


class Seats(RuleBasedStateMachine):
    """People register, confirm, change, cancel, do nothing; staff changes the event."""

    host: Host

    @initialize(
        capacity=capacities,
        waiting_list=st.sampled_from([True, True, True, False]),
        may_pass=st.booleans(),
        to_confirm=st.booleans(),
        parties=st.lists(sizes, min_size=2, max_size=5),
    )
    def publish(
        self,
        capacity: int | None,
        waiting_list: bool,
        may_pass: bool,
        to_confirm: bool,
        parties: list[int],
    ) -> None:
        self.slug = f"event-{next(numbers)}"
        self.host.clock.now = BEGINNING
        self.model = Model(capacity, waiting_list, may_pass, to_confirm)
        self._import()
        for size in parties:
            self.somebody_new_registers(size)

    def _import(self) -> None:
        registration = {
            "capacity": self.model.capacity,
            "waiting_list": self.model.waiting_list,
            "smaller_parties_may_pass": self.model.may_pass,
            "confirm_by_email": self.model.to_confirm,
            "max_party_size": LARGEST_PARTY,
        }
        event = open_event(
            self.slug, purposes=[], status=self.model.status, registration=registration
        )
        self.host.load(exchange(event))
        self.model.follow_change()

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

    def _do_if(
        self, possible: bool, email: str, operation: Callable[[Registration], object]
    ) -> None:
        if possible:
            self._on(email, operation)
        else:
            with pytest.raises(states.NotPossible):
                self._on(email, operation)

    def _somebody(self, data: st.DataObject, *states: str) -> str:
        return str(data.draw(st.sampled_from(self.model.whose(*states))))

    def _register(self, email: str, size: int) -> None:
        application = applying.Application(
            given_name="A", family_name="B", email=email, party_size=size, language="de"
        )
        expected = self.model.register(email, size)
        try:
            state = self._do(lambda event: applying.register(event, application))
        except applying.NotTaken:
            state = "refused"
        assert state == expected

    @rule(size=sizes)
    def somebody_new_registers(self, size: int) -> None:
        self._register(f"person{next(numbers)}@buerger.example", size)

    @precondition(lambda self: self.model.parties)
    @rule(data=st.data(), size=sizes)
    def somebody_known_registers_again(self, data: st.DataObject, size: int) -> None:
        self._register(self._somebody(data), size)

    @precondition(lambda self: self.model.whose("held", "offered"))
    @rule(data=st.data())
    def somebody_confirms(self, data: st.DataObject) -> None:
        email = self._somebody(data, "held", "offered")
        self._do_if(self.model.confirm(email), email, states.confirm)

    @precondition(lambda self: self.model.whose(*ACTIVE))
    @rule(data=st.data())
    def somebody_cancels(self, data: st.DataObject) -> None:
        email = self._somebody(data, *ACTIVE)
        self._do_if(self.model.cancel(email), email, states.cancel)

    @precondition(lambda self: self.model.parties)
    @rule(data=st.data(), size=sizes)
    def somebody_changes_the_size_of_their_party(self, data: st.DataObject, size: int) -> None:
        email = self._somebody(data)
        wish = Wish(party_size=size, answers={}, language="de")
        expected = self.model.change(email, size)
        try:
            self._on(email, lambda registration: change(registration, wish))
            found = "done"
        except applying.NotTaken:
            found = "refused"
        except states.NotPossible:
            found = "too late"
        assert found == expected

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self._move(timedelta(hours=hours))

    @precondition(lambda self: len(self.model.parties) > 5)
    @rule(hours=st.sampled_from([-40, -20, -1, 0, 0, 1]))
    def it_is_about_to_begin(self, hours: int) -> None:
        self._move(START + timedelta(hours=hours) - self.model.now)

    def _move(self, span: timedelta) -> None:
        if span > timedelta():
            self.host.clock.now += span
            self.model.now += span

    @rule()
    def the_worker_runs(self) -> None:
        with self.host.app.app_context():
            run_due()
        self.model.run_worker()
        self._nobody_waits_in_vain()

    @rule(capacity=capacities)
    def staff_changes_the_capacity(self, capacity: int | None) -> None:
        """Down as far as seats are taken; in the other direction at once for those who wait."""
        if capacity is None or capacity >= self.model.taken:
            self.model.capacity = capacity
            self._import()

    @rule()
    def staff_lets_smaller_parties_pass_or_not(self) -> None:
        self.model.may_pass = not self.model.may_pass
        self._import()

    @precondition(lambda self: self.model.status == "published")
    @rule(status=st.sampled_from(["cancelled", "postponed", "draft"]))
    def staff_takes_it_back(self, status: str) -> None:
        self.model.status = status
        self._import()

    @precondition(lambda self: self.model.status != "published")
    @rule()
    def staff_publishes_it_again(self) -> None:
        self.model.status = "published"
        self._import()

    def _nobody_waits_in_vain(self) -> None:
        """Asked of the database alone: whoever could be offered seats has been."""
        with self.host.app.app_context():
            session = self.host.db.session
            event = session.scalar(select(Event).where(Event.slug == self.slug))
            waiting = session.scalars(
                select(Registration.party_size)
                .where(Registration.event_id == event.id, Registration.state == "waiting")
                .order_by(Registration.queue_number)
            ).all()
            if event.status != "published" or self.model.now >= event.starts_at or not waiting:
                return
            assert event.capacity is not None
            free = event.capacity - event.seats_taken
            possible = [size for size in waiting if size <= event.capacity]
            in_turn = possible if event.smaller_parties_may_pass else possible[:1]
            assert all(size > free for size in in_turn)

    @invariant()
    def the_database_agrees(self) -> None:
        if not hasattr(self, "slug"):
            return
        with self.host.app.app_context():
            session = self.host.db.session
            event = session.scalar(select(Event).where(Event.slug == self.slug))
            of_event = Registration.event_id == event.id
            found = session.execute(
                select(
                    Registration.email,
                    Registration.state,
                    Registration.party_size,
                    Registration.expires_at,
                )
                .where(of_event)
                .order_by(Registration.id)
            ).all()
            queue = session.scalars(
                select(Registration.email)
                .where(of_event, Registration.state == "waiting")
                .order_by(Registration.queue_number)
            ).all()
            assert [tuple(row) for row in found] == self.model.rows()
            assert list(queue) == [party.email for party in self.model.queue]
            assert event.seats_taken == self.model.taken
            assert event.seats_confirmed == self.model.confirmed
            assert event.capacity is None or event.seats_taken <= event.capacity
            assert event.parties_waiting == len(self.model.queue)
            smallest = min((party.size for party in self.model.queue), default=None)
            assert event.smallest_party_waiting == smallest


@pytest.mark.slow
def test_seats_and_waiting_list_follow_the_model(host: Host) -> None:
    """S6: no seat is given twice, none stays blocked, nobody is passed who need not be."""

    class OnThisDatabase(Seats):
        """The machine on the host's database."""

    OnThisDatabase.host = host
    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(
            max_examples=25 if host.database == "sqlite" else 8,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

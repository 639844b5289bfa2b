"""Whatever happens in whatever order: seats and waiting list are as a simple model says (S6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select

from flask_stadtlabor.consent.models import Method
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.wall_times import to_wall
from flask_stadtlabor.organise.queries.events import numbers_of
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.privacy import retention
from flask_stadtlabor.privacy.account import erase_person
from flask_stadtlabor.registration.jobs.due_work import run_due
from flask_stadtlabor.registration.later_forms import differences, mark_of_form, waiting_for
from flask_stadtlabor.registration.locks import Locked, lock_registration
from flask_stadtlabor.registration.models import LaterForm, Registration, RegistrationState
from flask_stadtlabor.registration.operations import check_in, decision, signup, transitions
from flask_stadtlabor.registration.operations.update import change
from flask_stadtlabor.registration.refusals import NoSeats, NotPossible, NotTaken
from flask_stadtlabor.registration.requests import Decision, RegistrationUpdate, SignupRequest
from flask_stadtlabor.registration.seen import mark_of_stored
from flask_stadtlabor.transactions import commit
from tests.factories import exchange, open_event
from tests.host import Host
from tests.registration.allocation.model import ACTIVE, BEGINNING, END, KEPT, START, Model

LARGEST_PARTY = 4
numbers = count(1)
sizes = st.integers(1, LARGEST_PARTY)
capacities = st.sampled_from([0, *range(1, 7), *range(1, 7), None])
"""Mostly some, because an event without a limit has no queue."""
ZONE = "Europe/Berlin"
LENGTH = END - START


class Step(NamedTuple):
    """Something that can happen in a walk."""

    work: Callable[..., None]
    is_possible: Callable[[Model], object]
    values: Mapping[str, st.SearchStrategy[Any]]
    """What is drawn for it."""


STEPS: dict[str, Step] = {}


def _always(model: Model) -> bool:
    return True


def happens(
    when: Callable[[Model], object] = _always, **values: st.SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a method a step of the walks, which is possible ``when`` the model says so."""

    def add(work: Callable[..., None]) -> Callable[..., None]:
        STEPS[work.__name__] = Step(work, when, values)
        return work

    return add


class Seats(RuleBasedStateMachine):
    """People register, confirm, change, cancel, do nothing; staff changes the event."""

    host: Host

    @initialize(
        capacity=capacities,
        waiting_list=st.sampled_from([True, True, True, False]),
        may_pass=st.booleans(),
        to_confirm=st.booleans(),
        parties=st.lists(sizes, min_size=2, max_size=5),
        walk=st.integers(0, 2**32),
    )
    def publish(
        self,
        capacity: int | None,
        waiting_list: bool,
        may_pass: bool,
        to_confirm: bool,
        parties: list[int],
        walk: int,
    ) -> None:
        self.dice = Random(walk)  # noqa: S311 - says which step comes next
        self.slug = f"event-{next(numbers)}"
        self.host.clock.now = BEGINNING
        self.model = Model(capacity, waiting_list, may_pass, to_confirm)
        self.told: tuple[Any, ...] = ()
        self._import()
        for size in parties:
            self.somebody_new_registers(size)

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        """One of the steps, each as likely as any other.

        Hypothesis leaves most rules out of a walk, and copies what it drew before: few walks got
        as far as a second date with people from the first.
        """
        possible = [name for name, step in STEPS.items() if step.is_possible(self.model)]
        name = self.dice.choice(possible)
        note(name)
        step = STEPS[name]
        step.work(self, **{name: data.draw(step.values[name], name) for name in step.values})

    def _import(self) -> None:
        model = self.model
        registration = {
            "capacity": self.model.capacity,
            "waiting_list": self.model.waiting_list,
            "smaller_parties_may_pass": self.model.may_pass,
            "confirm_by_email": self.model.to_confirm,
            "max_party_size": LARGEST_PARTY,
        }
        event = open_event(
            self.slug,
            purposes=[],
            status=model.status,
            retention_days=KEPT.days,
            starts_at=to_wall(model.start, ZONE),
            ends_at=to_wall(model.end, ZONE),
            registration=registration,
        )
        self.host.load(exchange(event))
        calendar = (model.status, model.start, model.end)
        told = (*calendar, model.capacity, model.may_pass)
        if self.told and told != self.told:
            model.follow_change(in_calendars=calendar != self.told[:3])
        self.told = told

    def _do(self, work: Callable[[Event], object]) -> object:
        with self.host.app.app_context():
            session = self.host.db.session
            event = session.scalar(select(Event).where(Event.slug == self.slug))
            return commit(lambda: work(event))

    def _on(self, email: str, operation: Callable[[Locked], object]) -> object:
        def work(event: Event) -> object:
            registration = self.host.db.session.scalar(
                select(Registration)
                .where(Registration.event_id == event.id, Registration.email == email)
                .order_by(Registration.id.desc())
            )
            return operation(lock_registration(registration))

        return self._do(work)

    def _do_if(self, possible: bool, email: str, operation: Callable[[Locked], object]) -> None:
        if possible:
            self._on(email, operation)
        else:
            with pytest.raises(NotPossible):
                self._on(email, operation)

    def _somebody(self, data: st.DataObject, *states: str) -> str:
        return str(data.draw(st.sampled_from(self.model.whose(*states))))

    def _register(self, email: str, size: int) -> None:
        application = SignupRequest(
            given_name="A", family_name="B", email=email, party_size=size, language="de"
        )
        expected = self.model.register(email, size)
        try:
            state = self._do(lambda event: signup.register(lock_event(event), application))
        except NotTaken:
            state = "refused"
        assert state == expected

    @happens(size=sizes)
    def somebody_new_registers(self, size: int) -> None:
        self._register(f"person{next(numbers)}@buerger.example", size)

    @happens(lambda model: model.parties, data=st.data(), size=sizes)
    def somebody_known_registers_again(self, data: st.DataObject, size: int) -> None:
        self._register(self._somebody(data), size)

    def _outcome(self, email: str, operation: Callable[[Locked], object]) -> str:
        try:
            self._on(email, operation)
        except NotTaken:
            return "refused"
        except NotPossible:
            return "too late"
        return "done"

    @happens(lambda model: model.whose("held", "offered"), data=st.data())
    def staff_confirms(self, data: st.DataObject) -> None:
        """What a later form says is dropped, but for its noes."""
        self._confirm(self._somebody(data, "held", "offered"))

    def _confirm(self, email: str) -> None:
        assert self._outcome(email, transitions.confirm) == self.model.confirm(email)

    @happens(
        lambda model: model.whose(*ACTIVE),
        data=st.data(),
        as_later=st.booleans(),
    )
    def somebody_decides_and_confirms(self, data: st.DataObject, as_later: bool) -> None:
        self._decide(self._somebody(data, *ACTIVE), as_later=as_later)

    def _decide(self, email: str, *, as_later: bool) -> None:
        def decide(locked: Locked) -> None:
            later = waiting_for(locked.registration)
            mark = mark_of_form(locked.registration, later) if later is not None else ""
            found = differences(locked.registration, later).parts if later is not None else ()
            from_later = dict.fromkeys(found, as_later)
            decision.confirm(
                locked,
                Decision(mark=mark, from_later=from_later, choices=()),
                method=Method.EMAIL_LINK,
            )

        expected = self.model.confirm(email, as_later=as_later)
        assert self._outcome(email, decide) == expected

    @happens(lambda model: model.whose("held", "offered"), data=st.data(), size=sizes)
    def somebody_corrects_their_form(self, data: st.DataObject, size: int) -> None:
        """By sending it once more, and choosing the later one before the hold ends."""
        email = self._somebody(data, "held", "offered")
        self._register(email, size)
        self._decide(email, as_later=True)

    @happens(lambda model: model.whose(*ACTIVE), data=st.data())
    def somebody_cancels(self, data: st.DataObject) -> None:
        email = self._somebody(data, *ACTIVE)
        self._do_if(self.model.cancel(email), email, transitions.cancel)

    @happens(lambda model: model.parties, data=st.data(), size=sizes, by_staff=st.booleans())
    def the_size_of_a_party_changes(self, data: st.DataObject, size: int, by_staff: bool) -> None:
        email = self._somebody(data)
        wish = RegistrationUpdate(party_size=size, answers={}, language="de")
        expected = self.model.change(email, size)

        def change_size(locked: Locked) -> None:
            seen = mark_of_stored(locked.registration, ["answers", "party_size", "language"])
            change(locked, wish, seen=seen, by_staff=by_staff)

        outcome = self._outcome(email, change_size)
        assert outcome == expected

    @happens(lambda model: model.whose("confirmed"), data=st.data(), people=sizes)
    def some_of_a_party_arrive(self, data: st.DataObject, people: int) -> None:
        email = self._somebody(data, "confirmed")
        if self.model.of(email).arrived < self.model.of(email).size:
            self._arrive(email, people)

    def _arrive(self, email: str, people: int) -> None:
        seen = self.model.of(email).arrived
        self._do_if(
            self.model.arrive(email, people),
            email,
            lambda locked: check_in.check_in(locked, None, people=people, seen=seen),
        )

    @happens(
        lambda model: model.now < model.start, data=st.data(), hours=st.sampled_from([-1, 0, 1, 2])
    )
    def the_day_comes(self, data: st.DataObject, hours: int) -> None:
        """Who is asked confirms in time, and some come; two hours after the start it is over."""
        for email in self.model.whose("held", "offered"):
            self._confirm(email)
        self._move(self.model.start + timedelta(hours=hours) - self.model.now)
        for email in self.model.whose("confirmed"):
            missing = self.model.of(email).size - self.model.of(email).arrived
            if coming := data.draw(st.integers(0, missing)):
                self._arrive(email, coming)
            if 0 < coming < missing and data.draw(st.booleans()):
                self._give_on(email)

    @happens(
        lambda model: model.now < model.start and model.parties,
        data=st.data(),
        whose_data_goes=st.sampled_from(["nobody's", "somebody's", "everybody's"]),
        is_held_again=st.booleans(),
    )
    def it_takes_place(
        self, data: st.DataObject, whose_data_goes: str, is_held_again: bool
    ) -> None:
        """What stays of those who were there counts until the event is held again."""
        self.the_day_comes(data, hours=2)
        if whose_data_goes == "somebody's":
            self.somebody_is_erased(data)
        elif whose_data_goes == "everybody's":
            self._move(KEPT)
            self.retention_runs()
        if is_held_again:
            self.staff_moves_it(hours=20 * 24, night_follows=False)

    @happens(lambda model: model.whose("held", "offered", "waiting"), data=st.data())
    def a_party_is_let_in(self, data: st.DataObject) -> None:
        email = self._somebody(data, "held", "offered", "waiting")
        if self.model.let_in(email):
            self._on(email, lambda locked: check_in.let_in(locked, None))
        else:
            with pytest.raises((NotPossible, NoSeats)):
                self._on(email, lambda locked: check_in.let_in(locked, None))

    @happens(
        lambda model: any(party.arrived for party in model.parties),
        data=st.data(),
        stay_away=st.booleans(),
    )
    def others_stay_away_or_an_arrival_is_taken_back(
        self, data: st.DataObject, stay_away: bool
    ) -> None:
        came = [party.email for party in self.model.parties if party.arrived]
        email = str(data.draw(st.sampled_from(came)))
        people = self.model.of(email).arrived
        if stay_away:
            self._give_on(email)
        elif people:
            self._on(
                email,
                lambda locked: check_in.undo(
                    locked, locked.registration.checked_in_at or self.model.now, people
                ),
            )
            self.model.undo(email)

    def _give_on(self, email: str) -> None:
        people = self.model.of(email).arrived
        given = self._on(email, lambda locked: check_in.give_on(locked, people))
        assert bool(given) == self.model.give_on(email)

    @happens(lambda model: model.parties, data=st.data())
    def somebody_is_erased(self, data: st.DataObject) -> None:
        email = self._somebody(data)
        with self.host.app.app_context():
            commit(lambda: erase_person(email))
        self.model.erase(email)

    @happens()
    def retention_runs(self) -> None:
        with self.host.app.app_context():
            retention.run()
        self.model.retain()

    @happens(
        lambda model: model.parties,
        hours=st.sampled_from([-400 * 24, -48, -1, 1, 12, 30, 20 * 24]),
        night_follows=st.booleans(),
    )
    def staff_moves_it(self, hours: int, night_follows: bool) -> None:
        """Into the past, by a slip that costs no data, or ahead, also where it was over already."""
        self._mail_leaves()
        start = self.model.now + timedelta(hours=hours)
        self.model.move(start, start + LENGTH)
        self._import()
        if night_follows:
            self.retention_runs()

    @happens(lambda model: len(model.parties) > 2, days=st.integers(1, 12))
    def days_pass(self, days: int) -> None:
        self._move(timedelta(days=days))

    @happens(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self._move(timedelta(hours=hours))

    @happens(lambda model: len(model.parties) > 5, hours=st.sampled_from([-40, -20, -1, 0, 0, 1]))
    def it_is_about_to_begin(self, hours: int) -> None:
        self._move(self.model.start + timedelta(hours=hours) - self.model.now)

    def _move(self, span: timedelta) -> None:
        if span > timedelta():
            self._mail_leaves()
            self.host.clock.now += span
            self.model.now += span

    def _mail_leaves(self) -> None:
        """Only somebody who was told of a deadline can miss it; an unsent mail would prolong it."""
        with self.host.app.app_context():
            self.host.db.session.execute(delete(OutboxMail))
            self.host.db.session.commit()

    @happens()
    def the_worker_runs(self) -> None:
        with self.host.app.app_context():
            run_due()
        self.model.run_worker()
        self._nobody_waits_in_vain()

    @happens(capacity=capacities)
    def staff_changes_the_capacity(self, capacity: int | None) -> None:
        """Down as far as seats are taken; in the other direction at once for those who wait."""
        if capacity is None or capacity >= self.model.taken:
            self.model.capacity = capacity
            self._import()

    @happens()
    def staff_lets_smaller_parties_pass_or_not(self) -> None:
        self.model.may_pass = not self.model.may_pass
        self._import()

    @happens(
        lambda model: model.status == "published",
        status=st.sampled_from(["cancelled", "postponed", "draft"]),
    )
    def staff_takes_it_back(self, status: str) -> None:
        self.model.status = status
        self._import()

    @happens(lambda model: model.status != "published")
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
                    Registration.arrived,
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
            # as the office shows them, which keeps them until something changes
            numbers = numbers_of(event)
            for state in RegistrationState:
                theirs = [row for row in found if row.state == state]
                people = sum(row.party_size for row in theirs)
                arrived = sum(row.arrived for row in theirs)
                assert numbers.of(state) == (len(theirs), people, arrived)
            later = session.execute(
                select(Registration.email, LaterForm.said)
                .join(LaterForm, LaterForm.registration_id == Registration.id)
                .where(of_event)
                .order_by(Registration.id)
            ).all()
            assert [(email, said["party_size"]) for email, said in later] == (
                self.model.later_forms()
            )
            assert event.seats_taken == self.model.taken
            assert event.seats_unnamed == self.model.unnamed
            assert event.seats_confirmed == self.model.confirmed
            assert event.capacity is None or event.seats_taken <= event.capacity
            assert event.parties_waiting == len(self.model.queue)
            smallest = min((party.size for party in self.model.queue), default=None)
            assert event.smallest_party_waiting == smallest


@pytest.mark.slow
def test_seats_and_waiting_list_follow_the_model(host: Host) -> None:
    """S6: no seat is given twice, none stays blocked, and nobody is overtaken without need."""

    class OnThisDatabase(Seats):
        """The machine on the host's database."""

    OnThisDatabase.host = host
    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(
            max_examples=15 if host.database == "sqlite" else 8,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

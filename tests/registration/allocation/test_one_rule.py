"""Python and the database decide alike which events offer seats to those who wait."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

from sqlalchemy import Select, select

from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.state import session
from tests.events.desk import an_event, event_values
from tests.factories import real_time
from tests.host import Host

HOUR = timedelta(hours=1)
STATES = list(
    product(
        EventStatus,
        (True, False),
        (-HOUR, timedelta(), HOUR),
        (None, 0, 10),
        (0, 8, 10),
        (None, 1, 2, 3, 11),
    )
)
"""Status, whether it takes registrations, when it begins, seats, how many of them are taken, and
the size of the smallest party that waits."""


def test_both_find_the_same_events(host: Host) -> None:
    with host.app.app_context():
        moment = real_time().replace(microsecond=0)
        events = [
            an_event(
                **event_values(status=status, starts_at=moment + begins),
                slug=f"{number}",
                created_at=moment,
                revised_at=moment,
                takes_registrations=takes,
                capacity=capacity,
                seats_taken=taken if capacity is None else min(taken, capacity),
                smallest_party_waiting=smallest,
            )
            for number, (status, takes, begins, capacity, taken, smallest) in enumerate(STATES)
        ]
        session().add_all(events)
        session().flush()

        def found(statement: Select[tuple[int]]) -> set[int]:
            return set(session().scalars(statement))

        offering = {event.id for event in events if event.makes_offers(moment)}
        assert found(select(Event.id).where(Event.makes_offers(moment))) == offering
        with_room = {event.id for event in events if event.seats_wait_for_queue}
        assert found(select(Event.id).where(Event.seats_wait_for_queue)) == with_room
        assert with_room - offering
        assert offering - with_room
        session().rollback()

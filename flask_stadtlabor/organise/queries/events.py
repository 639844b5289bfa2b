"""Events as the back office lists them, and how many have registered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.queries import with_series
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.state import now, session

LISTED_PAST = 50
"""Past events that the front page shows, the latest first."""


def list_events() -> tuple[Sequence[Event], Sequence[Event]]:
    """Upcoming events, the soonest first, and past ones, the latest first; drafts too."""
    is_upcoming = Event.ends_at > now()
    upcoming = with_series().where(is_upcoming).order_by(Event.starts_at, Event.id)
    past = with_series().where(~is_upcoming).order_by(Event.starts_at.desc(), Event.id)
    return (
        session().scalars(upcoming).all(),
        session().scalars(past.limit(LISTED_PAST)).all(),
    )


def events_by_uid(uids: Iterable[str]) -> dict[str, Event]:
    """The events of these uids."""
    wanted = set(uids)
    if not wanted:
        return {}
    found = session().scalars(with_series().where(Event.uid.in_(wanted)))
    return {event.uid: event for event in found}


class StateCount(NamedTuple):
    """Some registrations: parties, people, and people who have arrived."""

    parties: int = 0
    people: int = 0
    arrived: int = 0


@dataclass(frozen=True)
class EventNumbers:
    """How many have registered for an event, by state and language."""

    counts: Mapping[tuple[str, str], StateCount]

    def of(self, state: str, language: str = "") -> StateCount:
        """Those in one state, of one language if it is given."""
        theirs = [
            count
            for (its, spoken), count in self.counts.items()
            if its == state and language in ("", spoken)
        ]
        return StateCount(*map(sum, zip(*theirs, strict=True)))

    @property
    def expected(self) -> int:
        """People who come."""
        return self.of(RegistrationState.CONFIRMED).people

    @property
    def arrived(self) -> int:
        """People who are there, whatever happened to their registration since."""
        return sum(count.arrived for count in self.counts.values())


def numbers_of(event: Event) -> EventNumbers:
    """The event's numbers, in one statement."""
    rows = session().execute(
        select(
            Registration.state,
            Registration.language,
            func.count(),
            func.sum(Registration.party_size),
            func.sum(Registration.arrived),
        )
        .where(Registration.event_id == event.id)
        .group_by(Registration.state, Registration.language)
    )
    return EventNumbers(
        {(state, language): StateCount(*map(int, counts)) for state, language, *counts in rows}
    )

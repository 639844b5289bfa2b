"""Events as the back office lists them, and how many have registered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.page_cache import kept_under
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


class Counted(NamedTuple):
    """How many registrations have one state and one language."""

    state: str
    language: str
    parties: int
    people: int
    arrived: int


@dataclass(frozen=True)
class EventNumbers:
    """How many have registered for an event, by state and language."""

    counts: Sequence[Counted]

    def of(self, state: str, language: str = "") -> StateCount:
        """Those in one state, of one language if it is given."""
        theirs = [
            (each.parties, each.people, each.arrived)
            for each in self.counts
            if each.state == state and language in ("", each.language)
        ]
        return StateCount(*map(sum, zip(*theirs, strict=True)))

    @property
    def expected(self) -> int:
        """People who come."""
        return self.of(RegistrationState.CONFIRMED).people

    @property
    def arrived(self) -> int:
        """People who are there, whatever happened to their registration since."""
        return sum(each.arrived for each in self.counts)


def numbers_of(event: Event) -> EventNumbers:
    """The event's numbers: as the page cache has them, else counted in one statement.

    The mark of its registrations, which was read before they are counted, tells whether what is
    kept still holds. So it takes no longer for a hundred thousand than for ten, until one changes.
    """
    kept = kept_under(
        f"numbers {event.uid}",
        event.registrations_mark,
        lambda: json.dumps(_count(event)).encode(),
    )
    return EventNumbers([Counted(*each) for each in json.loads(kept)])


def _count(event: Event) -> list[Counted]:
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
    return [Counted(state, language, *map(int, sums)) for state, language, *sums in rows]

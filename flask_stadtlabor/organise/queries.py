"""Queries of the back office; the number of statements per page does not depend on list lengths."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.queries import whole_number, with_series
from flask_stadtlabor.folding import person_search_words
from flask_stadtlabor.registration import ticket_codes
from flask_stadtlabor.registration.models import ACTIVE, DeskNotice, Registration, RegistrationState
from flask_stadtlabor.state import now, session

LISTED_PAST = 50
"""Past events that the front page shows, the latest first."""
PAGE_SIZE = 50
LIST_LIMIT = 50
"""Messages that are listed at most: an event that is called off may leave a thousand."""
DOOR_RESULTS = 20
"""Parties that a search at the door shows at most."""


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
    """Registrations in one state: parties, people, and people who have arrived."""

    parties: int
    people: int
    arrived: int


@dataclass(frozen=True)
class EventNumbers:
    """How many have registered for an event, by state."""

    by_state: dict[str, StateCount]

    def of(self, state: str) -> StateCount:
        """Those in one state."""
        return self.by_state.get(state, StateCount(0, 0, 0))

    @property
    def expected(self) -> int:
        """People who come."""
        return self.of(RegistrationState.CONFIRMED).people

    @property
    def arrived(self) -> int:
        """People who are there, whatever happened to their registration since."""
        return sum(count.arrived for count in self.by_state.values())


def numbers_of(event: Event) -> EventNumbers:
    """The event's numbers, in one statement."""
    rows = session().execute(
        select(
            Registration.state,
            func.count(),
            func.sum(Registration.party_size),
            func.sum(Registration.arrived),
        )
        .where(Registration.event_id == event.id)
        .group_by(Registration.state)
    )
    return EventNumbers({state: StateCount(*map(int, counts)) for state, *counts in rows})


@dataclass(frozen=True)
class RegistrationList:
    """One page of an event's registrations."""

    total: int
    page: int
    pages: int
    registrations: Sequence[Registration]


def list_registrations(
    event: Event, numbers: EventNumbers, *, q: str, state: str, page: str | None
) -> RegistrationList:
    """A page of the registrations that match, by name; those of a search are counted first.

    ``state`` is a state, ``active`` or empty for all. ``numbers`` are those of the event.
    """
    condition = _matching(event, q)
    states: Collection[str] = set(RegistrationState)
    if state == "active":
        states = ACTIVE
    elif state in states:
        states = (state,)
    if len(states) < len(RegistrationState):
        condition &= Registration.state.in_(states)
    if q:
        counting = select(func.count()).select_from(Registration).where(condition)
        total = session().scalar(counting) or 0
    else:
        total = sum(numbers.of(each).parties for each in states)
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(whole_number(page), 1), pages)
    found = _page(condition, total, (at - 1) * PAGE_SIZE) if total else ()
    return RegistrationList(total, at, pages, _belonging_to(event, found))


def _page(condition: ColumnElement[bool], total: int, offset: int) -> Sequence[Registration]:
    """The registrations behind the first ``offset``, found from the nearer end of the list."""
    behind = max(0, total - offset - PAGE_SIZE)
    matching = select(Registration).where(condition).limit(min(PAGE_SIZE, total - offset))
    name, number = Registration.sort_key, Registration.id
    if offset <= behind:
        return session().scalars(matching.order_by(name, number).offset(offset)).all()
    backwards = matching.order_by(name.desc(), number.desc()).offset(behind)
    return session().scalars(backwards).all()[::-1]


def find_at_door(event: Event, q: str) -> Sequence[Registration]:
    """The parties of ``event`` that a name or a number leads to, those who come first."""
    comes = case((Registration.state == RegistrationState.CONFIRMED, 0), else_=1)
    found = session().scalars(
        select(Registration)
        .where(_matching(event, q))
        .order_by(comes, Registration.sort_key, Registration.id)
        .limit(DOOR_RESULTS)
    )
    return _belonging_to(event, found.all())


def find_ticket(code: str) -> Registration | None:
    """The registration, with its event, whose ticket has this code, in its normal form."""
    found: Registration | None = session().scalar(
        select(Registration)
        .join(Registration.event)
        .options(contains_eager(Registration.event))
        .where(Registration.ticket_code == code)
    )
    return found


def find_registration(event: Event, number: int) -> Registration | None:
    """The registration of ``event`` with this number; None where there is none."""
    found = session().scalar(
        select(Registration).where(Registration.id == number, Registration.event_id == event.id)
    )
    if found is not None:
        set_committed_value(found, "event", event)
    return found


def active_registrations(event: Event) -> Sequence[Registration]:
    """Everybody who comes or may yet come, by name."""
    found = session().scalars(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state.in_(ACTIVE))
        .order_by(Registration.sort_key, Registration.id)
    )
    return _belonging_to(event, found.all())


def coming_registrations(event: Event) -> Sequence[Registration]:
    """Everybody who comes, by name."""
    found = session().scalars(
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.state == RegistrationState.CONFIRMED,
        )
        .order_by(Registration.sort_key, Registration.id)
    )
    return _belonging_to(event, found.all())


def names_of(subjects: Iterable[str]) -> dict[str, Registration]:
    """The registrations that tell whom these pseudonyms stand for, as far as there are any."""
    wanted = set(subjects)
    if not wanted:
        return {}
    found = session().scalars(select(Registration).where(Registration.subject.in_(wanted)))
    return {registration.subject: registration for registration in found}


def events_with_notices() -> Sequence[Event]:
    """The events about which staff has yet to pass something on."""
    concerned = (
        select(Registration.event_id)
        .join(DeskNotice, DeskNotice.registration_id == Registration.id)
        .where(DeskNotice.done_at.is_(None))
    )
    return session().scalars(with_series().where(Event.id.in_(concerned))).all()


def open_notices(events: Iterable[Event]) -> Sequence[DeskNotice]:
    """What staff has yet to pass on about these events: the oldest, and the oldest first.

    Each with its registration and event.
    """
    return (
        session()
        .scalars(
            select(DeskNotice)
            .join(DeskNotice.registration)
            .join(Registration.event)
            .options(
                contains_eager(DeskNotice.registration).contains_eager(Registration.event),
            )
            .where(*_is_to_be_told(events))
            .order_by(DeskNotice.id)
            .limit(LIST_LIMIT)
        )
        .all()
    )


def count_notices(events: Iterable[Event]) -> int:
    """How much staff has yet to pass on about these events."""
    statement = (
        select(func.count())
        .select_from(DeskNotice)
        .join(DeskNotice.registration)
        .where(*_is_to_be_told(events))
    )
    return session().scalar(statement) or 0


def find_notice(event: Event, number: int) -> DeskNotice | None:
    """The notice with this number about a registration for ``event``; None where there is none."""
    found: DeskNotice | None = session().scalar(
        select(DeskNotice)
        .join(DeskNotice.registration)
        .options(contains_eager(DeskNotice.registration))
        .where(DeskNotice.id == number, Registration.event_id == event.id)
    )
    return found


def notices_of(registration: Registration) -> Sequence[DeskNotice]:
    """All notices of one registration, the latest first."""
    return (
        session()
        .scalars(
            select(DeskNotice)
            .where(DeskNotice.registration_id == registration.id)
            .order_by(DeskNotice.id.desc())
        )
        .all()
    )


def _is_to_be_told(events: Iterable[Event]) -> tuple[ColumnElement[bool], ...]:
    of_events = Registration.event_id.in_([event.id for event in events])
    return of_events, DeskNotice.done_at.is_(None)


def _matching(event: Event, q: str) -> ColumnElement[bool]:
    """Registrations of ``event`` with this ticket code, or that hold every word looked for."""
    condition: ColumnElement[bool] = Registration.event_id == event.id
    code = ticket_codes.normal(q)
    words: ColumnElement[bool] | None = None
    for word in person_search_words(q):
        holds = Registration.search_text.contains(word, autoescape=True)
        words = holds if words is None else words & holds
    if words is None:
        return condition
    return condition & (words if code is None else words | (Registration.ticket_code == code))


def _belonging_to(event: Event, found: Sequence[Registration]) -> Sequence[Registration]:
    for registration in found:
        set_committed_value(registration, "event", event)
    return found

"""Queries of the back office; the number of statements per page does not depend on list lengths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor.db import AnyRow
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.queries import whole_number, with_series
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.registration.filters import RegistrationFilter
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.models import (
    ACTIVE,
    DeskNotice,
    GroupMessage,
    Registration,
    RegistrationState,
)
from flask_stadtlabor.state import now, session

LISTED_PAST = 50
"""Past events that the front page shows, the latest first."""
PAGE_SIZE = 50
BATCH_SIZE = 500
"""Registrations that a download reads at a time."""
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


class Sort(StrEnum):
    """The order of a list of registrations."""

    NAME = "name"
    NEWEST = "newest"
    QUEUE = "queue"
    """Those who wait first, in the order in which seats are offered to them."""


def list_registrations(
    event: Event,
    numbers: EventNumbers,
    chosen: RegistrationFilter,
    *,
    sort: Sort = Sort.NAME,
    page: str | None = None,
) -> RegistrationList:
    """A page of the registrations that are meant, in three statements at most.

    The event's ``numbers`` tell how many have some state; for other filters one statement finds the
    page and how many there are, since looking at each registration is what takes its time. Only
    then the rows of that page are read.
    """
    condition, at = chosen.condition(event.id), max(whole_number(page), 1)
    if chosen.is_by_state_alone:
        total = sum(numbers.of(each).parties for each in chosen.states)
        at = min(at, _pages(total))
        ids = _ids(condition, sort, total, (at - 1) * PAGE_SIZE) if total else []
    else:
        ids, total = _ids_and_total(condition, sort, (at - 1) * PAGE_SIZE)
        if not ids and at > 1:
            total = count_registrations(event, chosen)
            at = _pages(total)
            ids, total = _ids_and_total(condition, sort, (at - 1) * PAGE_SIZE)
    return RegistrationList(total, at, _pages(total), _belonging_to(event, _in_order(ids)))


def count_registrations(event: Event, chosen: RegistrationFilter) -> int:
    """How many registrations are meant."""
    counting = select(func.count()).select_from(Registration).where(chosen.condition(event.id))
    return session().scalar(counting) or 0


def walk_registrations(event: Event, chosen: RegistrationFilter) -> Iterator[list[AnyRow]]:
    """All registrations that are meant, by name, as plain rows, a batch at a time.

    Each batch begins behind the name of the last one, by an index, and in a transaction of its own:
    so neither memory nor a lock grows with their number.
    """
    key, number = Registration.sort_key, Registration.id
    columns = select(*Registration.__table__.columns).where(chosen.condition(event.id))
    after: ColumnElement[bool] = true()
    while True:
        batch = session().execute(columns.where(after).order_by(key, number).limit(BATCH_SIZE))
        rows = list(batch.all())
        if rows:
            yield rows
        session().rollback()
        if len(rows) < BATCH_SIZE:
            return
        last = rows[-1]
        after = and_(key >= last.sort_key, or_(key > last.sort_key, number > last.id))


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))


def _order(sort: Sort, *, backwards: bool = False) -> list[ColumnElement[Any]]:
    columns: dict[Sort, list[tuple[ColumnElement[Any], bool]]] = {
        Sort.NAME: [(Registration.sort_key.expression, False), (Registration.id.expression, False)],
        Sort.NEWEST: [(Registration.id.expression, True)],
        Sort.QUEUE: [
            (case((Registration.queue_number.is_(None), 1), else_=0), False),
            (Registration.queue_number.expression, False),
            (Registration.id.expression, False),
        ],
    }
    return [
        column.desc() if descends != backwards else column.asc()
        for column, descends in columns[sort]
    ]


def _ids(condition: ColumnElement[bool], sort: Sort, total: int, offset: int) -> list[int]:
    """Those behind the first ``offset``, found from the nearer end of the list."""
    behind = max(0, total - offset - PAGE_SIZE)
    matching = select(Registration.id).where(condition).limit(min(PAGE_SIZE, total - offset))
    if offset <= behind:
        return list(session().scalars(matching.order_by(*_order(sort)).offset(offset)))
    backwards = matching.order_by(*_order(sort, backwards=True)).offset(behind)
    return list(session().scalars(backwards))[::-1]


def _ids_and_total(
    condition: ColumnElement[bool], sort: Sort, offset: int
) -> tuple[list[int], int]:
    found = session().execute(
        select(Registration.id, func.count().over())
        .where(condition)
        .order_by(*_order(sort))
        .limit(PAGE_SIZE)
        .offset(offset)
    )
    rows = found.all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def _in_order(ids: Sequence[int]) -> list[Registration]:
    if not ids:
        return []
    found = session().scalars(select(Registration).where(Registration.id.in_(ids)))
    by_id = {registration.id: registration for registration in found}
    # one may have been deleted since
    return [by_id[number] for number in ids if number in by_id]


def find_at_door(event: Event, q: str) -> Sequence[Registration]:
    """The parties of ``event`` that a name or a number leads to, those who come first."""
    comes = case((Registration.state == RegistrationState.CONFIRMED, 0), else_=1)
    found = session().scalars(
        select(Registration)
        .where(RegistrationFilter(q=q).condition(event.id))
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


def all_registrations(event: Event, chosen: RegistrationFilter) -> Sequence[Registration]:
    """Everybody who is meant, by name."""
    found = session().scalars(
        select(Registration)
        .where(chosen.condition(event.id))
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


MESSAGES_SHOWN = 20
"""Messages to groups that are listed, the latest."""


def messages_of(event: Event) -> Sequence[GroupMessage]:
    """What was written to groups of its people, the latest first."""
    theirs = select(GroupMessage).where(GroupMessage.event_id == event.id)
    return session().scalars(theirs.order_by(GroupMessage.id.desc()).limit(MESSAGES_SHOWN)).all()


def find_message(event: Event, number: int) -> GroupMessage | None:
    """The message with this number to people of ``event``; None where there is none."""
    found: GroupMessage | None = session().scalar(
        select(GroupMessage).where(GroupMessage.id == number, GroupMessage.event_id == event.id)
    )
    return found


def count_unsent(event: Event) -> int:
    """Mails of messages to groups that are written, and have not left yet."""
    theirs = select(Registration.subject).where(Registration.event_id == event.id)
    counting = select(func.count()).where(
        OutboxMail.kind == kinds.MESSAGE.name,
        OutboxMail.state == MailState.QUEUED,
        OutboxMail.concerns.in_(theirs),
    )
    return session().scalar(counting) or 0


def _is_to_be_told(events: Iterable[Event]) -> tuple[ColumnElement[bool], ...]:
    of_events = Registration.event_id.in_([event.id for event in events])
    return of_events, DeskNotice.done_at.is_(None)


def _belonging_to(event: Event, found: Sequence[Registration]) -> Sequence[Registration]:
    for registration in found:
        set_committed_value(registration, "event", event)
    return found

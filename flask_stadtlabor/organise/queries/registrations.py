"""The registrations of an event: lists, downloads, the door."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor.db import AnyRow
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.queries import whole_number
from flask_stadtlabor.organise.queries.events import EventNumbers
from flask_stadtlabor.registration.filters import RegistrationFilter
from flask_stadtlabor.registration.models import ACTIVE, Registration, RegistrationState
from flask_stadtlabor.state import session

PAGE_SIZE = 50
BATCH_SIZE = 500
"""Registrations that a download reads at a time."""
DOOR_RESULTS = 20
"""Parties that a search at the door shows at most."""


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

    The event's ``numbers`` tell how many have some state and language; for other filters one
    statement finds the page and how many there are, since looking at each registration is what
    takes its time. Only then the rows of that page are read.
    """
    condition, at = chosen.condition(event.id), max(whole_number(page), 1)
    if chosen.is_counted:
        total = sum(numbers.of(each, chosen.language).parties for each in chosen.states)
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


def _belonging_to(event: Event, found: Sequence[Registration]) -> Sequence[Registration]:
    for registration in found:
        set_committed_value(registration, "event", event)
    return found

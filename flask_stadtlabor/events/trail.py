"""What staff did with all events, their people, what several events share, and answers to ideas.

Read from the history, and as little to be changed as that. The number of statements depends neither
on how much there is nor on how much of it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, literal_column, select, union, union_all
from sqlalchemy.orm import InstrumentedAttribute, defer

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.events.history import Shared
from flask_stadtlabor.events.history_models import (
    AnswerRevision,
    Deed,
    EventDeed,
    EventRevision,
    SharedRevision,
    Step,
)
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.state import session

PAGE_SIZE = 50
MOST_EVENTS = 500
"""Events to choose from, the newest."""

Entry = EventRevision | EventDeed | SharedRevision | AnswerRevision
_OF_EVENTS = (EventRevision, EventDeed)
_KINDS: dict[str, tuple[type[Entry], InstrumentedAttribute[str]]] = {
    "revision": (EventRevision, EventRevision.step),
    "deed": (EventDeed, EventDeed.deed),
    "shared": (SharedRevision, SharedRevision.step),
    "answer": (AnswerRevision, AnswerRevision.step),
}

_LONG = (EventRevision, AnswerRevision)
"""Those whose documents can be long, and stand behind a link."""


@dataclass(frozen=True)
class TrailFilter:
    """What of the trail is meant; None for all."""

    by: By | None = None
    what: Step | Deed | None = None
    of: Event | Shared | None = None
    since: datetime | None = None
    before: datetime | None = None

    def conditions(self, table: type[Entry], what: InstrumentedAttribute[str]) -> list[Any]:
        """What holds for the entries of one table that are meant."""
        found: list[ColumnElement[bool]] = []
        if self.by is not None:
            found += [table.actor_key == self.by.key, table.actor_name == self.by.name]
        if self.what is not None:
            found.append(what == self.what)
        if self.since is not None:
            found.append(table.at >= self.since)
        if self.before is not None:
            found.append(table.at < self.before)
        if isinstance(self.of, Event) and issubclass(table, _OF_EVENTS):
            found.append(table.event_id == self.of.id)
        if isinstance(self.of, Shared) and issubclass(table, SharedRevision):
            found += [table.kind == self.of.kind, table.slug == self.of.slug]
        return found

    def has_its_entries_in(self, table: type[Entry]) -> bool:
        """Whether anything that is meant can stand in this table."""
        if self.of is None:
            return True
        return table in (_OF_EVENTS if isinstance(self.of, Event) else (SharedRevision,))


class TrailItem(NamedTuple):
    """An entry with its event, where it is about one."""

    entry: Entry
    event: Event | None


class TrailPage(NamedTuple):
    """One page of the trail."""

    items: Sequence[TrailItem]
    has_more: bool


def read_trail(chosen: TrailFilter, page: int) -> TrailPage:
    """A page of what is meant, the latest first; ``page`` counts from 1."""
    offset = (page - 1) * PAGE_SIZE
    last = offset + PAGE_SIZE + 1
    parts = [
        _newest(kind, table, chosen.conditions(table, what), last)
        for kind, (table, what) in _KINDS.items()
        if chosen.has_its_entries_in(table)
    ]
    every = union_all(*parts).subquery()
    wanted = (
        select(every.c.kind, every.c.id)
        .order_by(every.c.at.desc(), every.c.kind, every.c.id.desc())
        .offset(offset)
        .limit(PAGE_SIZE + 1)
    )
    rows = [(str(kind), int(number)) for kind, number in session().execute(wanted)]
    return TrailPage(_read(rows[:PAGE_SIZE]), len(rows) > PAGE_SIZE)


def whose() -> list[By]:
    """Everybody who did something, by name; nobody knows whose work some of it was."""
    names = union(*(select(table.actor_key, table.actor_name) for table, _ in _KINDS.values()))
    found = {By(key, name) for key, name in session().execute(names)}
    return sorted(found, key=lambda by: (by.name.casefold(), by.key))


def events_to_choose() -> Sequence[Event]:
    """The newest events, drafts too."""
    newest = select(Event).order_by(Event.starts_at.desc(), Event.id.desc()).limit(MOST_EVENTS)
    return session().scalars(newest).all()


def _newest(
    kind: str, table: type[Entry], conditions: Iterable[Any], last: int
) -> Select[Any, Any, Any]:
    # each part ends where the page does, so that an index is read and no table
    name: ColumnElement[str] = literal_column(f"'{kind}'").label("kind")
    newest = select(name, table.id.label("id"), table.at.label("at")).where(*conditions)
    part = newest.order_by(table.at.desc(), table.id.desc()).limit(last).subquery()
    return select(part.c.kind, part.c.id, part.c.at)


def _read(rows: Sequence[tuple[str, int]]) -> list[TrailItem]:
    entries: dict[tuple[str, int], Entry] = {}
    for kind, (table, _) in _KINDS.items():
        ids = [number for named, number in rows if named == kind]
        if not ids:
            continue
        slim = [defer(table.document)] if table in _LONG else []
        found: Iterable[Entry] = session().scalars(
            select(table).where(table.id.in_(ids)).options(*slim)
        )
        entries |= {(kind, entry.id): entry for entry in found}
    about = {entry.event_id for entry in entries.values() if isinstance(entry, _OF_EVENTS)}
    found_events = session().scalars(select(Event).where(Event.id.in_(about))) if about else ()
    events = {event.id: event for event in found_events}
    return [
        TrailItem(entry, events.get(getattr(entry, "event_id", 0)))
        for row in rows
        if (entry := entries.get(row)) is not None
    ]

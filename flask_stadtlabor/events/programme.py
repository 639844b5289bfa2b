"""An event's programme in time: when each item begins and ends, and which one runs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask_stadtlabor.events.content import ProgrammeItem
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import Phase, phase_of


class TimedItem(NamedTuple):
    """A programme item with its times in UTC."""

    item: ProgrammeItem
    starts_at: datetime
    ends_at: datetime
    """The start of the next item, or the event's end."""
    is_current: bool
    """Whether it runs now."""


def timed_programme(event: Event, now: datetime) -> list[TimedItem]:
    """The event's programme as it stands at ``now``.

    An item earlier in the day than the one before it is on the next day. Items that begin together
    run side by side, until the next later one.
    """
    starts = _starts(event)
    running = phase_of(event, now) is Phase.RUNNING
    timed = []
    for item, start in zip(event.programme, starts, strict=True):
        end = min((later for later in starts if later > start), default=max(event.ends_at, start))
        timed.append(TimedItem(item, start, end, running and start <= now < end))
    return timed


def _starts(event: Event) -> list[datetime]:
    """The items' starts in UTC, in their order."""
    began = event.starts_at.astimezone(event.zone)
    day, previous = began.date(), event.starts_at
    clock: time | None = None
    starts: list[datetime] = []
    for item in event.programme:
        at = time.fromisoformat(item.starts_at)
        if clock is None:
            day += timedelta(days=_first_day(event, at, began))
        elif at < clock:
            day += timedelta(days=1)
        clock = at
        previous = _moment(day, at, event.zone, previous if starts else None)
        starts.append(previous)
    return starts


def _first_day(event: Event, at: time, began: datetime) -> int:
    """Days from the event's first day to the first item.

    An item before the event's start is a welcome on the same day, unless the event runs over
    midnight and is still running at that time of the next day.
    """
    if at >= began.time():
        return 0
    next_day = began.date() + timedelta(days=1)
    return 1 if _moment(next_day, at, event.zone, None) < event.ends_at else 0


def _moment(day: date, at: time, zone: ZoneInfo, after: datetime | None) -> datetime:
    """The wall time in UTC; of two such times in an autumn night, the one not before ``after``."""
    wall = datetime.combine(day, at, zone)
    first = wall.astimezone(UTC)
    if after is not None and first < after:
        return wall.replace(fold=1).astimezone(UTC)
    return first

"""VTIMEZONE of an IANA zone (RFC 5545 §3.6.5), for the years that a calendar needs.

Written here because icalendar's own gives an onset in the new offset; the standard wants the local
time by the offset that was in use until then (``TZOFFSETFROM``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard

STEP = timedelta(days=14)
"""No zone changes its clocks twice within two weeks."""


@lru_cache(maxsize=64)
def timezone_component(name: str, first_year: int, last_year: int) -> Timezone:
    """The zone's offsets from the beginning of ``first_year`` to the end of ``last_year``."""
    zone = ZoneInfo(name)
    component = Timezone()
    component.add("tzid", name)
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime(min(last_year, MAXYEAR - 1) + 1, 1, 1, tzinfo=UTC)
    component.add_component(_observance(start, start, zone))
    for change in _changes(zone, start, end):
        component.add_component(_observance(change, change - timedelta(seconds=1), zone))
    return component


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The moments, in UTC, at which the zone's offset or its name changes."""
    moment = start
    while moment < end:
        later = min(moment + STEP, end)
        if _rule(moment, zone) != _rule(later, zone):
            yield _first_of(later, moment, zone)
        moment = later


def _first_of(later: datetime, earlier: datetime, zone: ZoneInfo) -> datetime:
    """The first second after ``earlier`` that has the rule of ``later``, by halving."""
    wanted = _rule(later, zone)
    while later - earlier > timedelta(seconds=1):
        middle = earlier + (later - earlier) // 2
        middle = middle.replace(microsecond=0)
        if _rule(middle, zone) == wanted:
            later = middle
        else:
            earlier = middle
    return later


def _rule(moment: datetime, zone: ZoneInfo) -> tuple[timedelta | None, str | None]:
    local = moment.astimezone(zone)
    return local.utcoffset(), local.tzname()


def _observance(onset: datetime, before: datetime, zone: ZoneInfo) -> Component:
    """The offset from ``onset`` on, which follows the one at ``before``."""
    local, previous = onset.astimezone(zone), before.astimezone(zone)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    old, new = previous.utcoffset() or timedelta(), local.utcoffset() or timedelta()
    part.add("dtstart", (onset + old).replace(tzinfo=None))
    part.add("tzoffsetfrom", old)
    part.add("tzoffsetto", new)
    part.add("tzname", local.tzname() or str(zone))
    return part

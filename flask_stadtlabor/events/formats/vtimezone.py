"""VTIMEZONE of an IANA zone (RFC 5545 §3.6.5), for the years that a calendar needs.

Written here because icalendar's own gives an onset in the new offset; the standard wants the local
time by the offset that was in use until then (``TZOFFSETFROM``). A zone that changes its clocks by
one rule each year gets that rule, because Exchange takes the last observance of each kind for it
(MS-OXCICAL §2.1.3.1.1.19); any other gets each of its changes.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

STEP = timedelta(days=14)
"""No zone changes its clocks twice within two weeks."""
YEARS_AHEAD = 5
"""For so many years after a calendar's last one a yearly rule has to hold, too."""
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class _Change(NamedTuple):
    """A change of a zone's clocks."""

    onset: datetime
    """In UTC."""
    before: timedelta
    """The offset until then."""
    after: timedelta
    name: str

    @property
    def wall(self) -> datetime:
        """The local time of the onset by the offset before it."""
        return (self.onset + self.before).replace(tzinfo=None)


@lru_cache(maxsize=64)
def timezone_component(name: str, first_year: int, last_year: int) -> Timezone:
    """The zone's offsets from the beginning of ``first_year`` to the end of ``last_year``."""
    zone = ZoneInfo(name)
    component = Timezone()
    component.add("tzid", name)
    rules = _yearly_rules(zone, first_year, last_year)
    if rules:
        for change, rule in rules:
            component.add_component(_observance(change, rule))
        return component
    start, end = _beginning(first_year), _beginning(min(last_year, MAXYEAR - 1) + 1)
    component.add_component(_observance(_change_at(start, start, zone)))
    for change in _changes(zone, start, end):
        component.add_component(_observance(change))
    return component


def _yearly_rules(
    zone: ZoneInfo, first_year: int, last_year: int
) -> Sequence[tuple[_Change, vRecur]]:
    """The zone's two yearly changes, each as it was last before ``first_year``, with its rule.

    Empty for a zone that changes its clocks otherwise, or not at all.
    """
    years = range(first_year - 1, last_year + YEARS_AHEAD + 1)
    if years[-1] >= MAXYEAR:
        return ()
    changes = list(_changes(zone, _beginning(years[0]), _beginning(years[-1] + 1)))
    if len(changes) != 2 * len(years):
        return ()
    rules = [(group[0], _rule_of(group)) for group in (changes[::2], changes[1::2])]
    found = [(change, rule) for change, rule in rules if rule is not None]
    return found if len(found) == len(rules) else ()


def _rule_of(changes: Sequence[_Change]) -> vRecur | None:
    """The rule by which each of these changes follows a year after another, if there is one."""
    first = changes[0]
    if any(
        (change.before, change.after, change.name, change.wall.month, change.wall.weekday())
        != (first.before, first.after, first.name, first.wall.month, first.wall.weekday())
        or change.wall.time() != first.wall.time()
        for change in changes
    ):
        return None
    if all(_is_last(change.wall) for change in changes):
        ordinal = -1
    else:
        ordinals = {(change.wall.day - 1) // 7 + 1 for change in changes}
        if len(ordinals) > 1:
            return None
        ordinal = ordinals.pop()
    day = f"{ordinal}{WEEKDAYS[first.wall.weekday()]}"
    return vRecur({"FREQ": "YEARLY", "BYMONTH": first.wall.month, "BYDAY": day})


def _is_last(wall: datetime) -> bool:
    """Whether no other day of this name follows within the month."""
    return wall.day > monthrange(wall.year, wall.month)[1] - 7


def _beginning(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[_Change]:
    """The zone's changes of its offset or of that one's name."""
    moment = start
    while moment < end:
        later = min(moment + STEP, end)
        if _offset(moment, zone) != _offset(later, zone):
            onset = _first_of(later, moment, zone)
            yield _change_at(onset, onset - timedelta(seconds=1), zone)
        moment = later


def _first_of(later: datetime, earlier: datetime, zone: ZoneInfo) -> datetime:
    """The first second after ``earlier`` that has the offset of ``later``, by binary search."""
    wanted = _offset(later, zone)
    while later - earlier > timedelta(seconds=1):
        middle = earlier + (later - earlier) // 2
        middle = middle.replace(microsecond=0)
        if _offset(middle, zone) == wanted:
            later = middle
        else:
            earlier = middle
    return later


def _offset(moment: datetime, zone: ZoneInfo) -> tuple[timedelta, str]:
    local = moment.astimezone(zone)
    return local.utcoffset() or timedelta(), local.tzname() or str(zone)


def _change_at(onset: datetime, before: datetime, zone: ZoneInfo) -> _Change:
    after, name = _offset(onset, zone)
    return _Change(onset, _offset(before, zone)[0], after, name)


def _observance(change: _Change, rule: vRecur | None = None) -> Component:
    """The offset that begins with a change; DAYLIGHT is the offset that is ahead, for Ireland
    too."""
    is_ahead = change.after > change.before
    part = TimezoneDaylight() if is_ahead else TimezoneStandard()
    part.add("dtstart", change.wall)
    if rule is not None:
        part.add("rrule", rule)
    part.add("tzoffsetfrom", change.before)
    part.add("tzoffsetto", change.after)
    part.add("tzname", change.name)
    return part

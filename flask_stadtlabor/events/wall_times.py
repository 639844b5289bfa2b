"""Wall times and UTC (D4): what a clock on the wall shows, in which zone, and when that is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_WALL = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::00)?([+-]\d\d:\d\d)?", re.ASCII)


class NonexistentTime(ValueError):
    """A wall time that is skipped when the clocks go forward."""


class AmbiguousTime(ValueError):
    """A wall time that comes twice when the clocks go back, without an offset that says which."""


def to_utc(wall: str, zone: str) -> datetime:
    """The moment, in UTC, at which clocks in ``zone`` show ``wall`` (``YYYY-MM-DDTHH:MM``).

    An offset may follow and must be the zone's own at that time: ``2025-10-26T02:30+01:00``.

    Raises :class:`NonexistentTime`, :class:`AmbiguousTime`, or ``ValueError`` for anything else
    that is no such time; each message is a sentence that says what to write.
    """
    place = find_zone(zone)
    found = _WALL.fullmatch(wall)
    if found is None:
        raise ValueError(f"{wall!r} is not a time; write it like 2023-04-19T17:30.")
    try:
        local = datetime.fromisoformat(found[1])
        moments = {
            moment
            for moment in (_moment(local, place, fold) for fold in (0, 1))
            if moment.astimezone(place).replace(tzinfo=None) == local
        }
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{wall!r} is not in the calendar; check the day and the hour.") from error
    if not moments:
        raise NonexistentTime(
            f"{found[1]} does not exist in {zone}, because the clocks go forward then; "
            "write an earlier or a later time."
        )
    if found[2]:
        return _with_offset(moments, found[1], found[2], zone)
    if len(moments) > 1:
        first, second = (to_wall(moment, zone) for moment in sorted(moments))
        raise AmbiguousTime(
            f"{found[1]} comes twice in {zone}, because the clocks go back then; "
            f"write {first} for the first or {second} for the second."
        )
    return moments.pop()


def stored_moment(wall: str, zone: str) -> datetime:
    """The moment, in UTC, of a wall time that :func:`to_utc` took when it was stored.

    Where the rules of the zone have changed since then, so that it would be refused by now, it is
    the moment that comes next to what was meant.
    """
    try:
        return to_utc(wall, zone)
    except ValueError:
        local = datetime.fromisoformat(wall).replace(tzinfo=None)
        return _moment(local, find_zone(zone), 0)


def to_wall(moment: datetime, zone: str) -> str:
    """What clocks in ``zone`` show at ``moment``: ``YYYY-MM-DDTHH:MM``.

    The offset follows only where that time comes twice, so that :func:`to_utc` gives the moment
    back.
    """
    place = find_zone(zone)
    local = moment.astimezone(place)
    wall = local.replace(tzinfo=None)
    text = wall.isoformat("T", "minutes")
    if _moment(wall, place, 0) == _moment(wall, place, 1):
        return text
    return text + _offset(local)


def offsets_of(wall: str, zone: str) -> list[str]:
    """The two offsets, the earlier moment's first, of a wall time that comes twice; else nothing.

    ``wall`` as :func:`to_utc` takes it, with an offset or without; anything else has no offsets.
    """
    try:
        local = datetime.fromisoformat(wall).replace(tzinfo=None)
        to_utc(local.isoformat("T", "minutes"), zone)
    except AmbiguousTime:
        place = find_zone(zone)
        return [_offset(local.replace(tzinfo=place, fold=fold)) for fold in (0, 1)]
    except ValueError:
        return []
    return []


def find_zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; raises ``ValueError`` for any other."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            f"{name!r} is not a time zone; write an IANA name such as Europe/Berlin."
        ) from error


def _moment(wall: datetime, zone: ZoneInfo, fold: int) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _with_offset(moments: set[datetime], wall: str, offset: str, zone: str) -> datetime:
    place = find_zone(zone)
    offsets = {_offset(moment.astimezone(place)): moment for moment in moments}
    if offset not in offsets:
        raise ValueError(
            f"{wall}{offset} is not what clocks in {zone} show; the offset there is "
            f"{' or '.join(sorted(offsets))}. Leave the offset out."
        )
    return offsets[offset]


def _offset(local: datetime) -> str:
    """The offset as ``+02:00``; historic ones of local mean time are cut to minutes."""
    minutes = (local.utcoffset() or timedelta()) // timedelta(minutes=1)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"

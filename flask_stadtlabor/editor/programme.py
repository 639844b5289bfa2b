"""The items of a programme in time: what is odd about one, and moving those that follow it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_stadtlabor.editor.binding import shown_time
from flask_stadtlabor.i18n import _sl

CLOCK = "%H:%M"


def oddities(document: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Items outside of the event, or earlier than the one before, each by its index; these are
    never faults. Of a document whose times are wrong nothing is said."""
    start, end = (_moment(document.get(key)) for key in ("starts_at", "ends_at"))
    if start is None or end is None:
        return
    is_one_day = start.date() == end.date()
    day, before = start.date(), None
    for index, item in enumerate(document.get("programme") or ()):
        at = _clock(item.get("starts_at"))
        if at is None:
            return
        if before is not None and at < before and is_one_day:
            yield index, _out_of_order(index, at, before)
        elif not start <= datetime.combine(_day(day, at, before, start, end), at) <= end:
            yield index, _outside(index, at, start, end)
        if not is_one_day:
            day = _day(day, at, before, start, end)
        before = at


def _day(day: date, at: time, before: time | None, start: datetime, end: datetime) -> date:
    """The day of an item, as its page tells it: an earlier time than before is on the next day."""
    if start.date() == end.date():
        return day
    if before is not None:
        return day + timedelta(days=at < before)
    # over midnight, the first item may be on the next day only
    is_next = at < start.time() and datetime.combine(day + timedelta(days=1), at) < end
    return day + timedelta(days=is_next)


def _outside(index: int, at: time, start: datetime, end: datetime) -> str:
    return _sl(
        "Item %(number)d of the programme is at %(time)s, and the event is from "
        "%(start)s to %(end)s.",
        number=index + 1,
        time=at.strftime(CLOCK),
        start=start.strftime(CLOCK),
        end=end.strftime(CLOCK),
    )


def _out_of_order(index: int, at: time, before: time) -> str:
    return _sl(
        "Item %(number)d of the programme is at %(time)s, and the one before it at %(before)s.",
        number=index + 1,
        time=at.strftime(CLOCK),
        before=before.strftime(CLOCK),
    )


def _moment(value: Any) -> datetime | None:
    text = shown_time(value)
    try:
        return datetime.fromisoformat(text) if len(text) == len("2026-04-22T17:30") else None
    except ValueError:
        return None


def _clock(value: Any) -> time | None:
    is_time = isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value)
    return time.fromisoformat(value) if is_time else None

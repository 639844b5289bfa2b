"""Parts of calendars: an entry with its times, and values as the standard writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Event as CalendarEvent
from icalendar import vText

from flask_stadtlabor.text import printable


class Entry(NamedTuple):
    """A component, and what its calendar has to know of its times."""

    component: CalendarEvent
    zone: str
    moments: Sequence[datetime]


class Text(vText):
    """A text value (RFC 5545 §3.3.11).

    icalendar escapes none in a property that it does not know, such as NAME, and takes a backslash
    before an N for a line end.
    """

    def __new__(cls, value: str) -> Text:
        """The text without what no calendar may hold."""
        made: Text = super().__new__(cls, printable(value))
        return made

    def to_ical(self) -> bytes:
        """The text with its signs escaped."""
        escaped = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return escaped.replace("\n", "\\n").encode()


def add_time(component: CalendarEvent, name: str, moment: datetime, zone: str) -> None:
    """The wall time with its zone; a wall time that comes twice means the first (§3.3.5)."""
    local = moment.astimezone(ZoneInfo(zone))
    if local.fold:
        component.add(name, moment.astimezone(UTC))
    else:
        component.add(name, local.replace(tzinfo=None), parameters={"TZID": zone})

"""Checks that registration opens before its event ends."""

from __future__ import annotations

from collections.abc import Iterator

from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.faults import Fault, path_of
from flask_stadtlabor.exchange.reading import Content
from flask_stadtlabor.state import settings


def opening_faults(content: Content) -> Iterator[Fault]:
    """A fault for each registration that would open only when its event is over."""
    for position, entry in content.of("events", EventEntry).items():
        opens_at = entry.registration.opens_at if entry.registration else None
        zone = entry.timezone or settings().timezone
        if opens_at is not None and to_utc(opens_at, zone) > to_utc(entry.ends_at, zone):
            yield Fault(
                path_of("events", position, "registration", "opens_at"),
                f"{opens_at} is after the event's end ({entry.ends_at}); correct one of them.",
            )

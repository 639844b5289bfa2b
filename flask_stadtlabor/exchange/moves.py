"""Warnings about changes of an event's dates that may be typing errors."""

from __future__ import annotations

from collections.abc import Iterator

from flask_stadtlabor.events.operations import EventChange
from flask_stadtlabor.events.wall_times import to_wall
from flask_stadtlabor.registration.retention_periods import kept_until
from flask_stadtlabor.state import now


def moved_into_the_past(change: EventChange) -> Iterator[str]:
    """A sentence about a start or an end that lay ahead and is past now, as a wrong year does it.

    Nothing is deleted at once, so that there is time to put it right.
    """
    event, former = change.event, change.former_dates
    if former is None:
        return
    for word, before, after in (
        ("begins", former.starts_at, event.starts_at),
        ("ends", former.ends_at, event.ends_at),
    ):
        if after <= now() < before:
            yield (
                f"{event.slug} now {word} at {to_wall(after, event.timezone)}, which is past; "
                f"before, that was {to_wall(before, event.timezone)}. If this is a mistake, "
                "correct it and import the file again: its registrations are kept until "
                f"{to_wall(kept_until(event), event.timezone)}."
            )
            return

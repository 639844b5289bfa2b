"""Content for tests, in the form of the exchange file; plain functions, no magic.

Each takes the keys that a test cares about and fills in the rest.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_stadtlabor.testing import entries
from flask_stadtlabor.testing.content import dates_in
from flask_stadtlabor.testing.entries import PHOTOS, purpose, question, registration, series, venue

__all__ = [
    "PHOTOS", "event", "event_in", "exchange", "open_event", "person", "purpose", "question",
    "real_time", "registration", "series", "venue",
]  # fmt: skip
PRIVACY = "privacy"


def exchange(*events: dict[str, Any], **lists: list[dict[str, Any]]) -> dict[str, Any]:
    """An exchange file with these events; purposes that nobody describes get a plain text."""
    purposes = lists.pop("purposes", [])
    described = {text["slug"] for text in purposes}
    named = {slug for item in events for slug in item.get("purposes", ())}
    missing = [purpose(slug) for slug in sorted(named - described)]
    return {
        "format": "flask-stadtlabor/1",
        "purposes": [*purposes, *missing],
        **lists,
        "events": list(events),
    }


def event(slug: str = "plattform", **changes: Any) -> dict[str, Any]:
    """A published event on Wednesday 22 April 2026, 17:30 to 19:00, in both languages."""
    dates = {"starts_at": "2026-04-22T17:30", "ends_at": "2026-04-22T19:00"}
    return entries.event(slug, **(dates | changes))


def event_in(days: float, slug: str = "plattform", **changes: Any) -> dict[str, Any]:
    """An event that many days from the machine's own time, for servers with the real clock.

    A whole number of days leads to 17:30 on that day, whatever the hour of the test.
    """
    return event(slug, **(dates_in(real_time(), days) | changes))


def real_time() -> datetime:
    """The machine's own time."""
    return datetime.now(UTC).replace(microsecond=0)


def open_event(slug: str = "plattform", **changes: Any) -> dict[str, Any]:
    """An event with registration: 30 seats, parties of up to four, one consent to ask for.

    ``registration`` changes some of that; ``registration=None`` takes it away.
    """
    details = changes.pop("registration", {})
    taking = {} if details is None else {"registration": registration(**details)}
    return event(slug, **{"purposes": [PHOTOS, PRIVACY], **taking, **changes})


def person(number: int = 1, **changes: Any) -> dict[str, Any]:
    """What somebody types into the registration form."""
    return {
        "given_name": "Änne",
        "family_name": f"Yıldız-{number}",
        "email": f"person{number}@buerger.example",
        **changes,
    }

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
    "PHOTOS", "event", "event_in", "exchange", "open_event", "person", "phase", "project",
    "purpose", "question", "real_time", "registration", "series", "venue",
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


def project(slug: str = "marktplatz", **changes: Any) -> dict[str, Any]:
    """A project that collects ideas from 1 March to 1 April 2026, and discusses them in April."""
    return {
        "slug": slug,
        "title": {"de": "Neuer Marktplatz", "en": "A new market square"},
        "summary": {"de": "Was soll hin?", "en": "What should be there?"},
        "phases": [
            phase("ideen", "ideas", "2026-03-01T00:00", "2026-04-01T00:00"),
            phase("reden", "discuss", "2026-04-10T08:00", "2026-05-01T00:00"),
        ],
        **changes,
    }


def phase(slug: str, kind: str, starts_at: str, ends_at: str | None = None) -> dict[str, Any]:
    """A phase of a project that says nothing but its times."""
    return {"slug": slug, "kind": kind, "starts_at": starts_at} | (
        {"ends_at": ends_at} if ends_at else {}
    )


def person(number: int = 1, **changes: Any) -> dict[str, Any]:
    """What somebody types into the registration form."""
    return {
        "given_name": "Änne",
        "family_name": f"Yıldız-{number}",
        "email": f"person{number}@buerger.example",
        **changes,
    }

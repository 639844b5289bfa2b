"""Content for tests, in the form of the exchange file; plain functions, no magic.

Each takes the keys that a test cares about and fills in the rest.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
PRIVACY = "privacy"
PHOTOS = "photos-website"


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
    return {
        "slug": slug,
        "status": "published",
        "title": {"de": "Mitreden im Netz", "en": "Have your say online"},
        "summary": {"de": "Wir probieren die Plattform aus.", "en": "We try the platform out."},
        "starts_at": "2026-04-22T17:30",
        "ends_at": "2026-04-22T19:00",
        "timezone": "Europe/Berlin",
        "venue": venue(),
        **changes,
    }


def event_in(days: float, slug: str = "plattform", **changes: Any) -> dict[str, Any]:
    """An event that many days from the machine's own time, for servers with the real clock.

    A whole number of days leads to 17:30 on that day, whatever the hour of the test.
    """
    start = real_time().astimezone(BERLIN).replace(second=0, tzinfo=None) + timedelta(days=days)
    if days == int(days):
        start = start.replace(hour=17, minute=30)
    return event(
        slug,
        starts_at=start.isoformat("T", "minutes"),
        ends_at=(start + timedelta(minutes=90)).isoformat("T", "minutes"),
        **changes,
    )


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


def registration(**changes: Any) -> dict[str, Any]:
    """An event's ``registration``."""
    return {
        "capacity": 30,
        "waiting_list": True,
        "max_party_size": 4,
        "confirm_by_email": True,
        **changes,
    }


def venue(**changes: Any) -> dict[str, Any]:
    """A hall in Bochum."""
    return {
        "name": "Quartiershalle in der KoFabrik",
        "street": "Stühmeyerstr. 33",
        "postal_code": "44787",
        "city": "Bochum",
        "country": {"de": "Deutschland", "en": "Germany"},
        "latitude": 51.4836,
        "longitude": 7.2166,
        "accessibility": {"wheelchair": "yes", "toilet": "partly", "induction_loop": "no"},
        **changes,
    }


def purpose(slug: str = PHOTOS, **changes: Any) -> dict[str, Any]:
    """A purpose: consent, unless its name or ``mode`` says otherwise."""
    mode = {"privacy": "privacy", "recording": "notice"}.get(slug, "consent")
    return {
        "slug": slug,
        "mode": mode,
        "title": {"de": f"Titel {slug}", "en": f"Title {slug}"},
        "text": {"de": f"Der Text zu **{slug}**.", "en": f"The text of **{slug}**."},
        "controller": {"name": "Stadt Musterstadt", "email": "stadt@stadt.example"},
        **changes,
    }


def series(slug: str = "zu-besuch", **changes: Any) -> dict[str, Any]:
    """A series with one who funds it."""
    return {
        "slug": slug,
        "title": {"de": "Stadtlabor zu Besuch", "en": "City lab on a visit"},
        "summary": {"de": "Jedes Mal ein anderer Ort.", "en": "Another place each time."},
        "funding": [{"name": "BMWSB", "note": {"de": "über die KfW", "en": "through the KfW"}}],
        **changes,
    }


def question(slug: str, kind: str = "text", **changes: Any) -> dict[str, Any]:
    """A question of an event's registration."""
    options = (
        {"options": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]}
        if kind in ("choice", "choices")
        else {}
    )
    label = {"de": f"Frage {slug}?", "en": f"Question {slug}?"}
    return {"slug": slug, "kind": kind, "label": label, **options, **changes}


def person(number: int = 1, **changes: Any) -> dict[str, Any]:
    """What somebody types into the registration form."""
    return {
        "given_name": "Änne",
        "family_name": f"Yıldız-{number}",
        "email": f"person{number}@buerger.example",
        **changes,
    }

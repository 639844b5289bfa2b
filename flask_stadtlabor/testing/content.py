"""Content with everything in it: events in each state, long words, all that a form can ask."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_stadtlabor.testing.entries import (
    PHOTOS,
    ZONE,
    Entry,
    event,
    purpose,
    question,
    registration,
    series,
)

SERIES, EMPTY_SERIES = "zu-besuch", "noch-leer"
LONG_TITLE = {
    "de": "Quartiersentwicklungsbeteiligungsplattform: Straßenraumneuaufteilungsgespräch",
    "en": "Counterrevolutionaries’ neighbourhood-redevelopment participation",
}
"""With words that are wider than a small phone, for a browser that cannot hyphenate."""
LONG_NAMES = {
    "title": LONG_TITLE,
    # from a Thursday in September to a Friday in October: the longest dates of both languages
    "starts_at": "2100-09-30T22:30",
    "ends_at": "2100-10-01T00:30",
}
TEXT = {
    "de": "## Worum es geht\n\nDie **Beteiligungsplattform** für alle:\n\n- sehen\n- probieren",
    "en": "## What it is\n\nThe **participation platform** for everyone:\n\n- look\n- try",
}
RESULTS = {
    "text": TEXT,
    "minutes": TEXT,
    "minutes_url": "https://stadt.example/protokoll.pdf",
    "links": [{"title": LONG_TITLE, "url": "https://stadt.example/radweg"}],
    "by": {"de": "Das Team", "en": "The team"},
}
IDEAS: tuple[Entry, ...] = (
    {"title": "Mehr Bänke im Schatten", "text": TEXT["de"], "language": "de", "author": "Ada"},
    {"title": "Benches in the shade", "text": TEXT["en"], "language": "en", "place": "At the well"},
    {
        "title": "Straßenraumneuaufteilungsgesprächsrunde",
        "text": "Alle reden mit.",
        "language": "de",
        "author": "Donaudampfschifffahrtsgesellschaftskapitänin",
        "status": "withdrawn",
        "reason": "Die Runde gibt es schon.",
    },
)
PURPOSES = ("recording", PHOTOS, "photos-print", "privacy")
CONTROLLER = {"email": "datenschutzbeauftragte@stadtverwaltung.musterstadt.example"}


def sample(now: datetime) -> Entry:
    """An exchange file whose events lie around ``now``, an aware time.

    A form that asks everything, a full event with and without a waiting list, registration that
    opens later or has closed, one that runs, one that is over, cancelled or postponed, a series
    without any, and projects with and without phases.
    """

    def at(days: float, slug: str, **changes: Any) -> Entry:
        return event(slug, **(dates_in(now, days) | changes))

    full = {"capacity": 1, "max_party_size": 1}
    online = {"online_url": "https://raum.example/1"}
    events = [
        at(30, "plattform", **_rich(), registration=registration(**_asking())),
        at(31, "schlicht", registration=registration(confirm_by_email=False)),
        at(32, "voll", purposes=["privacy"], registration=registration(**full)),
        at(33, "voll-ohne-liste", registration=registration(**full, waiting_list=False)),
        at(34, "ohne-anmeldung", title="Offenes Haus"),
        at(35, "nur-deutsch", title={"de": "Nur auf Deutsch"}, summary={"de": "Ein Wort."}),
        at(36, "online", venue=online, registration=registration()),
        at(37, "abgesagt", status="cancelled", registration=registration()),
        at(38, "verschoben", status="postponed", registration=registration()),
        at(39, "spaeter", registration=registration(opens_at=_start(now, 20))),
        at(40, "zu", registration=registration(closes_at=_start(now, -1))),
        at(-0.02, "laeuft", series=SERIES),
        at(41, "lange-namen", **LONG_NAMES, purposes=[PHOTOS, "privacy"],
           registration=registration()),
        at(-10, "vorbei", series=SERIES, registration=registration(), results=RESULTS,
           feedback={}),
    ]  # fmt: skip
    return {
        "format": "flask-stadtlabor/1",
        "purposes": [purpose(slug, controller=CONTROLLER) for slug in PURPOSES],
        "series": [series(SERIES, description=TEXT), series(EMPTY_SERIES)],
        "projects": [_project(now), {"slug": "ohne-phasen", "title": LONG_TITLE, "promise": TEXT}],
        "events": events,
        "ideas": [{"project": "spielplatz", **idea} for idea in IDEAS],
    }


def _rich() -> Entry:
    """All that an event can tell about itself."""
    return {
        "title": LONG_TITLE,
        "series": SERIES,
        "topic": {"de": "Die Beteiligungsplattform", "en": "The participation platform"},
        "description": TEXT,
        "easy_language": {"de": "Wir zeigen die Plattform. Du kannst mitmachen."},
        "sign_language_url": "https://video.example/gebaerden",
        "languages": ["de", "en"],
        "organisers": [{"name": "Digitalisierung", "url": "https://stadt.example/digital"}],
        "contact": {"name": "Team", "email": "team@stadt.example", "phone": "0234 910-0"},
        "projects": ["spielplatz"],
        "purposes": list(PURPOSES),
        "programme": [
            {"starts_at": "17:40", "title": {"de": "Begrüßung", "en": "Welcome"}},
            {"starts_at": "18:10", "title": {"de": "Vortrag", "en": "Talk"}, "speakers": ["A. B."]},
        ],
    }


def _project(now: datetime) -> Entry:
    """A project with a phase of each kind: one is over, one runs, the others are to come."""
    kinds = ("inform", "ideas", "discuss", "vote", "results")
    days = (-40, -20, 20, 40, 60)
    ends = [{"ends_at": _start(now, end)} for end in days[1:]]
    return {
        "slug": "spielplatz",
        "title": {"de": "Spielplatz am Markt", "en": "Playground at the market"},
        "summary": {"de": "Was soll hin?", "en": "What should be there?"},
        "description": TEXT,
        "status": {"de": "läuft", "en": "running"},
        "promise": TEXT,
        "url": "https://stadt.example/spielplatz",
        "timezone": ZONE,
        "phases": [
            {"slug": kind, "kind": kind, "text": TEXT, "starts_at": _start(now, day), **end}
            for kind, day, end in zip(kinds, days, [*ends, {}], strict=True)
        ],
        "categories": [{"slug": "geraete", "title": {"de": "Geräte", "en": "Equipment"}}],
    }


def _asking() -> Entry:
    """All that a form can ask: each kind of question, one that depends on another, and age."""
    return {
        "questions": [
            question("woher", help={"de": "Der Stadtteil.", "en": "The district."}),
            question("stadtentwicklungsveranstaltungswunschliste", "yes-no"),
            question("wunsch", "long"),
            question("essen", "choice", required=True),
            question("allergien", required=True, show_if={"question": "essen", "value": "b"}),
            question("themen", "choices"),
            question("erstes-mal", "yes-no"),
        ],
        "ask_age": True,
        "companion_names": "required",
        "ask_support": True,
    }


def _start(now: datetime, days: float, *, minutes: int = 0) -> str:
    """A wall time: a whole number of days leads to 17:30 on that day, whatever the hour is now."""
    start = now.astimezone(ZoneInfo(ZONE)).replace(second=0, microsecond=0, tzinfo=None)
    start += timedelta(days=days)
    if days == int(days):
        start = start.replace(hour=17, minute=30)
    return (start + timedelta(minutes=minutes)).isoformat("T", "minutes")


def dates_in(now: datetime, days: float) -> Entry:
    """When an event begins that many days from ``now``, and when it ends."""
    return {"starts_at": _start(now, days), "ends_at": _start(now, days, minutes=90)}

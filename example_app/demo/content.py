"""The demo's content as an exchange file, from the TOML files beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PLAIN = (
    "languages", "price", "projects", "purposes", "title", "topic", "summary", "description",
    "easy_language", "venue", "organisers", "programme",
)  # fmt: skip
"""Keys of an event that go into the exchange file as they are."""
OPENS_AT = time(9)
ZONE = "Europe/Berlin"
QUARTER = timedelta(minutes=15)


def read(name: str) -> dict[str, Any]:
    """One of the TOML files."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def choose_starts(now: datetime, known: Mapping[str, datetime]) -> dict[str, datetime]:
    """When each event starts, by the clock on its wall, as is ``now``.

    What was once chosen (in ``known``) stays until the day is over, so that nobody's event is
    moved; then the event comes again on a new day, and the old one stays in the list of past ones.
    The event that is about to begin does so again once it is over.
    """
    return {
        event["slug"]: _start(event, now, known.get(event["slug"]))
        for event in read("events")["events"]
    }


def _start(event: dict[str, Any], now: datetime, known: datetime | None) -> datetime:
    if "lasts_hours" in event:
        is_over = known is None or known + timedelta(hours=event["lasts_hours"]) <= now
        return _next_quarter(now) if known is None or is_over else known
    day = event.get("date") or (known and known.date())
    if day is None or ("date" not in event and day < now.date()):
        first = now.date() + timedelta(days=event["in_days"])
        day = first + timedelta(days=(WEEKDAYS.index(event["weekday"]) - first.weekday()) % 7)
    return datetime.combine(day, time.fromisoformat(event["from"]))


def _next_quarter(now: datetime) -> datetime:
    """The next full quarter of an hour."""
    return now - (now - datetime.min) % QUARTER + QUARTER


def dated_slug(slug: str, day: date) -> str:
    """The slug of an event on its day."""
    return f"{slug}-{day.isoformat()}"


def exchange(
    today: date, starts: Mapping[str, datetime], *, ideas_until: date | None = None
) -> dict[str, Any]:
    """The whole content, in the form that ``flask stadtlabor import`` reads.

    ``ideas_until`` is the day from which the ages of ideas count back, today if unset; the same
    each time, so that none comes twice.
    """
    purposes, shared = read("purposes"), read("events")
    return {
        "format": "flask-stadtlabor/1",
        "purposes": [
            {**_stripped(purpose), "controller": purposes["controller"]}
            for purpose in purposes["purposes"]
        ],
        "series": _stripped(read("series")["series"]),
        "projects": [_project(each, today) for each in _stripped(read("projects")["projects"])],
        "events": [
            _event(event, shared, today, starts[event["slug"]]) for event in shared["events"]
        ],
        "ideas": [_idea(idea, ideas_until or today) for idea in _stripped(read("ideas")["ideas"])],
    }


def guests(starts: Mapping[str, datetime]) -> dict[str, str]:
    """The slugs of the events to which people come, and the name of those people."""
    return {
        dated_slug(event["slug"], starts[event["slug"]].date()): event["guests"]
        for event in read("events")["events"]
        if "guests" in event
    }


def _project(project: dict[str, Any], today: date) -> dict[str, Any]:
    """With the days of its phases; each begins and ends in the morning."""
    if "phases" not in project:
        return project
    return {**project, "timezone": ZONE, "phases": [_phase(p, today) for p in project["phases"]]}


def _idea(idea: dict[str, Any], until: date) -> dict[str, Any]:
    entry = {"language": "de", **idea}
    del entry["supports"]
    day = until - timedelta(days=entry.pop("days_ago"))
    # at another time of the day each, which its title decides
    written = time(7 + len(idea["title"]) % 14, len(idea["text"]) % 60)
    entry["created_at"] = datetime.combine(day, written, ZoneInfo(ZONE)).isoformat()
    return entry


def _phase(phase: dict[str, Any], today: date) -> dict[str, Any]:
    entry = dict(phase)
    for key, name in (("begins_in_days", "starts_at"), ("ends_in_days", "ends_at")):
        if key in entry:
            day = today + timedelta(days=entry.pop(key))
            entry[name] = _wall(datetime.combine(day, OPENS_AT))
    return entry


def _event(
    event: dict[str, Any], shared: dict[str, Any], today: date, start: datetime
) -> dict[str, Any]:
    entry = {key: _stripped(event[key]) for key in PLAIN if key in event}
    entry |= {
        "slug": dated_slug(event["slug"], start.date()),
        "status": event.get("status", "published"),
        "starts_at": _wall(start),
        "ends_at": _wall(_end(event, start)),
        "timezone": ZONE,
        "contact": shared["contact"],
    }
    if "series" in event:
        entry["series"] = event["series"]
    if "doors" in event:
        entry["doors_at"] = f"{start.date()}T{event['doors']}"
    if "registration" in event:
        entry["retention_days"] = 90
        entry["registration"] = _registration(event, shared, today, start)
    return entry


def _end(event: dict[str, Any], start: datetime) -> datetime:
    if "lasts_hours" in event:
        return start + timedelta(hours=event["lasts_hours"])
    return datetime.combine(start.date(), time.fromisoformat(event["to"]))


def _registration(
    event: dict[str, Any], shared: dict[str, Any], today: date, start: datetime
) -> dict[str, Any]:
    entry = dict(event["registration"])
    opens_in, closes_before = entry.pop("opens_in_days", None), entry.pop("closes_hours_before", 0)
    if opens_in:
        opening = min(today + timedelta(days=opens_in), start.date() - timedelta(days=7))
        entry["opens_at"] = _wall(datetime.combine(opening, OPENS_AT))
    if closes_before:
        entry["closes_at"] = _wall(start - timedelta(hours=closes_before))
    if "questions_of" in event:
        entry["questions"] = shared["questions"][event["questions_of"]]
    return entry


def _wall(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _stripped(value: Any) -> Any:
    """The same without the line ends that TOML's long texts have around them."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return [_stripped(item) for item in value]
    if isinstance(value, dict):
        return {key: _stripped(item) for key, item in value.items()}
    return value

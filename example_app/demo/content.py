"""The demo's content as an exchange file, from the TOML files beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PLAIN = (
    "languages", "projects", "purposes", "title", "topic", "summary", "description",
    "easy_language", "venue", "organisers", "programme",
)  # fmt: skip
"""Keys of an event that go into the exchange file as they are."""
OPENS_AT = time(9)


def read(name: str) -> dict[str, Any]:
    """One of the TOML files."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def choose_dates(today: date, known: Mapping[str, date]) -> dict[str, date]:
    """The day of each event.

    A day once chosen (in ``known``) stays until it is over, so that nobody's event is moved; then
    the event comes again on a new day, and the old one stays in the list of past ones.
    """
    chosen = {}
    for event in read("events")["events"]:
        kept = event.get("date") or known.get(event["slug"])
        if kept is None or ("date" not in event and kept < today):
            first = today + timedelta(days=event["in_days"])
            kept = first + timedelta(days=(WEEKDAYS.index(event["weekday"]) - first.weekday()) % 7)
        chosen[event["slug"]] = kept
    return chosen


def dated_slug(slug: str, day: date) -> str:
    """The slug of an event on its day."""
    return f"{slug}-{day.isoformat()}"


def exchange(today: date, dates: Mapping[str, date]) -> dict[str, Any]:
    """The whole content, in the form that ``flask stadtlabor import`` reads."""
    purposes, shared = read("purposes"), read("events")
    return {
        "format": "flask-stadtlabor/1",
        "purposes": [
            {**_stripped(purpose), "controller": purposes["controller"]}
            for purpose in purposes["purposes"]
        ],
        "series": _stripped(read("series")["series"]),
        "projects": _stripped(read("projects")["projects"]),
        "events": [
            _event(event, shared, today, dates[event["slug"]]) for event in shared["events"]
        ],
    }


def to_fill(dates: Mapping[str, date]) -> list[str]:
    """The slugs of the events that are to be full."""
    events = read("events")["events"]
    return [dated_slug(e["slug"], dates[e["slug"]]) for e in events if e.get("fill")]


def _event(event: dict[str, Any], shared: dict[str, Any], today: date, day: date) -> dict[str, Any]:
    entry = {key: _stripped(event[key]) for key in PLAIN if key in event}
    entry |= {
        "slug": dated_slug(event["slug"], day),
        "status": event.get("status", "published"),
        "starts_at": f"{day}T{event['from']}",
        "ends_at": f"{day}T{event['to']}",
        "timezone": "Europe/Berlin",
        "contact": shared["contact"],
    }
    if "series" in event:
        entry["series"] = event["series"]
    if "doors" in event:
        entry["doors_at"] = f"{day}T{event['doors']}"
    if "registration" in event:
        entry["retention_days"] = 90
        entry["registration"] = _registration(event, shared, today, day)
    return entry


def _registration(
    event: dict[str, Any], shared: dict[str, Any], today: date, day: date
) -> dict[str, Any]:
    entry = dict(event["registration"])
    opens_in, closes_before = entry.pop("opens_in_days", None), entry.pop("closes_hours_before", 0)
    if opens_in:
        opening = min(today + timedelta(days=opens_in), day - timedelta(days=7))
        entry["opens_at"] = _wall(datetime.combine(opening, OPENS_AT))
    if closes_before:
        start = datetime.combine(day, time.fromisoformat(event["from"]))
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

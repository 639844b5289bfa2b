"""What the measured pages show: the demo's content, with as many more dates as are asked for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from example_app.demo import content

EVENT = "die-stadt-auf-der-karte"


def exchange(events: int) -> tuple[dict[str, Any], str]:
    """An exchange file with so many events, and the slug of the one that is looked at."""
    today = date.today()
    dates = content.choose_dates(today, {})
    found = content.exchange(today, dates)
    slug = content.dated_slug(EVENT, dates[EVENT])
    shown = next(event for event in found["events"] if event["slug"] == slug)
    # nobody is turned away while it is measured
    shown["registration"]["capacity"] = None
    found["events"] = found["events"][:events]
    if shown not in found["events"]:
        found["events"][-1] = shown
    for number in range(len(found["events"]), events):
        day = today + timedelta(days=40 + number % 700)
        found["events"].append(
            {
                **{key: shown[key] for key in ("title", "summary", "venue", "timezone")},
                "slug": f"date-{number}",
                "status": "published",
                "starts_at": f"{day}T18:00",
                "ends_at": f"{day}T20:00",
                "registration": {"capacity": 50},
            }
        )
    return found, slug

"""What the measured pages show: the demo's content, with as many more dates as are asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from example_app.demo import content

EVENT = "die-stadt-auf-der-karte"


def exchange(events: int) -> tuple[dict[str, Any], str]:
    """An exchange file with so many events, and the slug of the one that is looked at."""
    now = datetime.now()
    starts = content.choose_starts(now, {})
    found = content.exchange(now.date(), starts)
    slug = content.dated_slug(EVENT, starts[EVENT].date())
    shown = next(event for event in found["events"] if event["slug"] == slug)
    # nobody is turned away while it is measured
    shown["registration"]["capacity"] = None
    for number in range(len(found["events"]), events):
        day = now.date() + timedelta(days=40 + number % 700)
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

"""Who did what with which event, and when: the trail over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.editor.shared_content import title_in
from flask_stadtlabor.events.history_models import Deed, EventDeed, Step
from flask_stadtlabor.events.queries import whole_number
from flask_stadtlabor.events.trail import TrailFilter, events_to_choose, read_trail, whose
from flask_stadtlabor.organise.deeds import deeds_in_words
from flask_stadtlabor.organise.views.editing.shared_content import kind_words
from flask_stadtlabor.organise.views.staff_page import staff_page
from flask_stadtlabor.state import settings
from flask_stadtlabor.tokens import keyed_hash
from flask_stadtlabor.urls import local_url

MOST_PAGES = 1000
FIELDS = ("who", "what", "event", "since", "until")


def show() -> ResponseReturnValue:
    """A page of the trail, filtered by person, kind of step or deed, event and period."""
    people = {_mark_of(by): by for by in whose()}
    events = events_to_choose()
    asked = {name: request.args[name] for name in FIELDS if request.args.get(name)}
    chosen = TrailFilter(
        by=people.get(asked.get("who", "")),
        what=_what(asked.get("what", "")),
        event=next((event.id for event in events if event.slug == asked.get("event")), None),
        since=_midnight(asked.get("since")),
        before=_midnight(asked.get("until"), days=1),
    )
    page = min(max(whole_number(request.args.get("page")), 1), MOST_PAGES)
    found = read_trail(chosen, page)
    return staff_page(
        "trail.html",
        trail=found.items,
        deeds=deeds_in_words(
            [
                (item.entry, item.event)
                for item in found.items
                if isinstance(item.entry, EventDeed) and item.event is not None
            ]
        ),
        shared_title=title_in,
        people_to_choose=people,
        whats=[*Deed, *(step for step in Step if step is not Step.FOUND)],
        events=events,
        asked=asked,
        kinds=kind_words(),
        previous_url=local_url("trail", page=page - 1, **asked) if page > 1 else None,
        next_url=local_url("trail", page=page + 1, **asked) if found.has_more else None,
    )


def _mark_of(by: By) -> str:
    """How an address names a person: with no name in it, because addresses are logged (S13)."""
    return keyed_hash("trail", f"{by.key}\n{by.name}")[:16]


def _what(value: str) -> Step | Deed | None:
    known: Sequence[Step | Deed] = [*Step, *Deed]
    return next((each for each in known if each == value), None)


def _midnight(day: str | None, *, days: int = 0) -> datetime | None:
    """When a day begins by the portal's clock, so many days later; None for what is no day."""
    try:
        begins = date.fromisoformat(day or "") + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(begins, time(), ZoneInfo(settings().timezone))

"""Who did what with which event, and when: the trail over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.editor.shared_content import title_in
from flask_stadtlabor.events.history_models import AnswerRevision, Deed, EventDeed, Step
from flask_stadtlabor.events.trail import TrailFilter, events_to_choose, read_trail, whose
from flask_stadtlabor.organise.deeds import deeds_in_words
from flask_stadtlabor.organise.views.editing.shared_content import kind_words
from flask_stadtlabor.organise.views.staff_page import page_number, page_ways, staff_page
from flask_stadtlabor.participation.ideas.queries import readable_ideas
from flask_stadtlabor.state import settings
from flask_stadtlabor.tokens import keyed_hash

FIELDS = ("who", "what", "event", "since", "until")


def show() -> ResponseReturnValue:
    """A page of the trail, filtered by person, kind of step or deed, event and period."""
    people = {_mark_of(by): by for by in whose()}
    events = events_to_choose()
    asked = {name: request.args[name] for name in FIELDS if request.args.get(name)}
    chosen = TrailFilter(
        by=people.get(asked.get("who", "")),
        what=_what(asked.get("what", "")),
        of=next((event for event in events if event.slug == asked.get("event")), None),
        since=_midnight(asked.get("since")),
        before=_midnight(asked.get("until"), days=1),
    )
    page = page_number()
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
        answered=readable_ideas(
            {item.entry.idea_id for item in found.items if isinstance(item.entry, AnswerRevision)}
        ),
        people_to_choose=people,
        whats=[*Deed, *(step for step in Step if step is not Step.FOUND)],
        events=events,
        asked=asked,
        kinds=kind_words(),
        **page_ways("trail", page, found.has_more, **asked),
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
        # in UTC, as it is looked for: the first day of the calendar has no midnight there
        return datetime.combine(begins, time(), ZoneInfo(settings().timezone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

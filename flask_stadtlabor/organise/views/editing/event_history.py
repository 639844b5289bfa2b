"""Who changed what of an event, and the step back."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.editor.comparison import shown_changes
from flask_stadtlabor.editor.drafts import Refused, save, working
from flask_stadtlabor.editor.shared_content import zone_of
from flask_stadtlabor.events import history
from flask_stadtlabor.events.history_models import EventDeed, HistoryEntry
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.trail import TrailFilter, read_trail
from flask_stadtlabor.exchange.merging import differences
from flask_stadtlabor.organise.deeds import deeds_in_words
from flask_stadtlabor.organise.views.staff_page import (
    acting,
    button_problems,
    is_number,
    page_number,
    page_ways,
    staff_page,
)
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def show(event: Event) -> ResponseReturnValue:
    """Every state in which somebody left the event, and what was done with its people."""
    page = page_number()
    found = read_trail(TrailFilter(of=event), page)
    entries = [item.entry for item in found.items]
    deeds = deeds_in_words([(each, event) for each in entries if isinstance(each, EventDeed)])
    return staff_page(
        "editor/history.html",
        event=event,
        trail=entries,
        deeds=deeds,
        **page_ways("event_history", page, found.has_more, slug=event.slug),
    )


def show_entry(event: Event, number: int) -> ResponseReturnValue:
    """What one of them changed."""
    return _show(event, _found(event, number), [])


def restore(event: Event, number: int) -> ResponseReturnValue:
    """Make an earlier state the draft again; nothing is published by that."""
    entry = _found(event, number)
    problems = button_problems()
    if problems:
        return _show(event, entry, problems, 422)
    document, by = entry.document, acting()

    def work() -> None:
        within = lock_event(event)
        now_working = working(within.event)
        kept = {key: now_working.document[key] for key in ("slug", "status")}
        save(within, now_working.number, lambda _: {**document, **kept}, by)

    try:
        commit(work)
    except Refused as refused:
        words = [sentence for found in refused.faults.values() for sentence in found]
        return _show(event, _found(event, number), words, 422)
    return see_other("review_event", slug=event.slug)


def _show(
    event: Event, entry: HistoryEntry, problems: Sequence[str], status: int = 200
) -> Response:
    before = history.compared_with(event, entry)
    changes = differences(before.document, entry.document) if before is not None else ()
    return staff_page(
        "editor/revision.html",
        status,
        event=event,
        entry=entry,
        problems=problems,
        changes=shown_changes(changes, zone_of(entry.document)),
        is_latest=working(event).number == entry.number,
    )


def _found(event: Event, number: int) -> HistoryEntry:
    found = history.find(event, number) if is_number(number) else None
    if found is None:
        abort(404)
    return found

"""The front page of the back office, and the page of each event."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.consent.answers import status
from flask_stadtlabor.consent.follow_up.take_downs import count_open
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.editor.planning import failed_events, plan_of
from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.events.next_step import is_today, seats_left
from flask_stadtlabor.events.standing import standing_of, standings_of
from flask_stadtlabor.folding import is_long_search, searched
from flask_stadtlabor.organise.answers import answers_to
from flask_stadtlabor.organise.queries import (
    EventNumbers,
    count_notices,
    list_events,
    list_registrations,
    numbers_of,
)
from flask_stadtlabor.organise.views import staff_messages, take_downs
from flask_stadtlabor.organise.views.staff_page import staff_page
from flask_stadtlabor.permissions import allowed, require_any
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.models import RegistrationState
from flask_stadtlabor.state import now
from flask_stadtlabor.urls import local_url

EVERYBODY = "all"
"""The filter for all registrations; the default lists active registrations only."""


WORK_AHEAD = (
    Action.ORGANISE, Action.CHECK_IN, Action.MANAGE_REGISTRATIONS, Action.REPORT_CONSENT,
    Action.TAKE_DOWN, Action.SEE_NUMBERS,
)  # fmt: skip
"""The actions for an upcoming event, each with a page of its own."""
WORK_AFTERWARDS = (
    Action.ORGANISE,
    Action.EDIT,
    Action.SEE_NUMBERS,
    Action.SEE_FEEDBACK,
    Action.REPORT_CONSENT,
    Action.TAKE_DOWN,
)


def index() -> ResponseReturnValue:
    """The events about which this person may do anything, and what is to be done.

    Raises :class:`~.exceptions.NotAllowed` (403) for somebody who may do nothing of it at all.
    """
    listed = list_events()
    upcoming, past = (
        [event for event in events if any(allowed(action, event) for action in work)]
        for events, work in zip(listed, (WORK_AHEAD, WORK_AFTERWARDS), strict=True)
    )
    if not upcoming and not past:
        require_any([action for action in Action if action != Action.PREVIEW])
    return staff_page(
        "index.html",
        upcoming=standings_of(upcoming, now()),
        past=standings_of(past, now()),
        wait_for_results=[event for event in past if _waits_for_results(event)],
        today=[event for event in upcoming if is_today(event, now())],
        notices=count_notices(staff_messages.events_to_tell_of()),
        unpublished=[event for event in failed_events() if allowed(Action.PUBLISH, event)],
        tasks=count_open(take_downs.events_to_work_on()),
    )


def _waits_for_results(event: Event) -> bool:
    """Whether somebody here can say what came of an event of which nothing is said."""
    took_place = event.status == EventStatus.PUBLISHED
    return took_place and event.results is None and allowed(Action.EDIT, event)


def event_page(event: Event) -> ResponseReturnValue:
    """One event: its numbers, what staff can do, and who has registered."""
    listing = None
    asked = request.args.get("q", "")
    filters = {"q": searched(asked), "state": request.args.get("state", "")}
    numbers = numbers_of(event)
    if allowed(Action.SEE_REGISTRATIONS, event):
        listing = _listing(event, numbers, filters)
    moment = now()
    return staff_page(
        "event.html",
        event=event,
        standing=standing_of(event, moment),
        seats_left=seats_left(event, moment),
        numbers=numbers,
        plan=None if event.is_public else plan_of(event),
        listing=listing,
        filters=filters,
        search_is_cut=is_long_search(asked),
        states=RegistrationState,
        news=request.args.get("now", ""),
    )


def _listing(event: Event, numbers: EventNumbers, filters: dict[str, str]) -> dict[str, object]:
    """The registrations asked for, each with its answers, in four statements at most."""
    found = list_registrations(
        event,
        numbers,
        q=filters["q"],
        state={"": "active", EVERYBODY: ""}.get(filters["state"], filters["state"]),
        page=request.args.get("page"),
    )
    purposes = current_texts(event.purposes)
    statuses = status.statuses_of([registration.subject for registration in found.registrations])
    return {
        "found": found,
        "rows": [
            (registration, answers_to(purposes, statuses[registration.subject]))
            for registration in found.registrations
        ],
        "previous_url": _page_url(event, filters, found.page - 1) if found.page > 1 else None,
        "next_url": _page_url(event, filters, found.page + 1) if found.page < found.pages else None,
    }


def _page_url(event: Event, filters: dict[str, str], page: int) -> str:
    asked = {name: value for name, value in filters.items() if value}
    return local_url("organise_event", slug=event.slug, page=page, **asked)

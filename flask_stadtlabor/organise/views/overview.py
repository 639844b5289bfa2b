"""The front page of the back office, and the page of each event."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.consent.answers import status
from flask_stadtlabor.consent.follow_up.take_downs import count_open
from flask_stadtlabor.consent.texts.published import PurposeTexts, current_texts
from flask_stadtlabor.editor.planning import failed_events, plan_of
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.events.next_step import is_today, seats_left
from flask_stadtlabor.events.standing import standing_of, standings_of
from flask_stadtlabor.folding import is_long_search
from flask_stadtlabor.organise.answers import answers_to
from flask_stadtlabor.organise.columns import Column, Table
from flask_stadtlabor.organise.filters import WRITTEN_TO, FilterFields, named, not_written_to
from flask_stadtlabor.organise.queries.events import EventNumbers, list_events, numbers_of
from flask_stadtlabor.organise.queries.notices import count_notices
from flask_stadtlabor.organise.queries.registrations import Sort, list_registrations
from flask_stadtlabor.organise.views.consents import take_downs
from flask_stadtlabor.organise.views.editing.review_event import offered_steps
from flask_stadtlabor.organise.views.people import staff_messages
from flask_stadtlabor.organise.views.staff_page import staff_page
from flask_stadtlabor.participation.answers.queries import count_due
from flask_stadtlabor.participation.moderation.queries import count_open as count_to_moderate
from flask_stadtlabor.permissions import allowed, require_any
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.filters import RegistrationFilter, States
from flask_stadtlabor.registration.models import RegistrationState
from flask_stadtlabor.state import now
from flask_stadtlabor.urls import local_url

WORK_AHEAD = (
    Action.ORGANISE, Action.CHECK_IN, Action.MANAGE_REGISTRATIONS, Action.REPORT_CONSENT,
    Action.TAKE_DOWN, Action.SEE_NUMBERS, Action.WRITE,
)  # fmt: skip
"""The actions for an upcoming event, each with a page of its own."""
WORK_AFTERWARDS = (
    Action.ORGANISE,
    Action.EDIT,
    Action.SEE_NUMBERS,
    Action.SEE_FEEDBACK,
    Action.REPORT_CONSENT,
    Action.TAKE_DOWN,
    Action.WRITE,
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
        to_moderate=count_to_moderate().all if allowed(Action.MODERATE) else 0,
        unanswered=count_due() if allowed(Action.ANSWER) else 0,
        is_made=request.args.get("now") == "made",
    )


def _waits_for_results(event: Event) -> bool:
    """Whether somebody here can say what came of an event of which nothing is said."""
    took_place = event.status == EventStatus.PUBLISHED
    return took_place and event.results is None and allowed(Action.EDIT, event)


def event_page(event: Event) -> ResponseReturnValue:
    """One event: its numbers, what staff can do, and who has registered."""
    numbers = numbers_of(event)
    listing = _listing(event, numbers) if allowed(Action.SEE_REGISTRATIONS, event) else None
    moment = now()
    return staff_page(
        "event.html",
        event=event,
        standing=standing_of(event, moment),
        seats_left=seats_left(event, moment),
        numbers=numbers,
        plan=None if event.is_public else plan_of(event),
        listing=listing,
        states=RegistrationState,
        news=request.args.get("now", ""),
        step=request.args.get("did", ""),
        is_told="told" in request.args,
        offered=[step for step in offered_steps(event) if step in (Step.MOVED, Step.CANCELLED)],
    )


def _group_to_write_to(chosen: RegistrationFilter) -> dict[str, str]:
    """The registrations that are listed as a message's address names them; none for who has left.

    Of everybody, the page of the message takes those who have not.
    """
    if chosen.state not in (States.ALL, *WRITTEN_TO):
        return {}
    return named(chosen, otherwise="")


def _columns_to_choose(event: Event, purposes: Sequence[PurposeTexts]) -> Collection[Column]:
    """Those of a download, for whoever may make one."""
    if not allowed(Action.EXPORT, event):
        return ()
    may_see = allowed(Action.SEE_SUPPORT_NEEDS, event)
    return Table(event, purposes, with_support_needs=may_see).columns.values()


def _listing(event: Event, numbers: EventNumbers) -> dict[str, object]:
    """The registrations asked for, each with its answers; always in as many statements."""
    purposes = current_texts(event.purposes)
    fields = FilterFields(event, purposes)
    chosen, _ = fields.read(request.args, otherwise=States.ACTIVE)
    sort = request.args.get("sort", "")
    order = Sort(sort) if sort in [*Sort] else Sort.NAME
    found = list_registrations(event, numbers, chosen, sort=order, page=request.args.get("page"))
    statuses = status.statuses_of([registration.subject for registration in found.registrations])
    asked = named(chosen, otherwise=States.ACTIVE)
    if order != Sort.NAME:
        asked["sort"] = order.value

    def page_url(page: int) -> str | None:
        is_there = 1 <= page <= found.pages
        return (
            local_url("organise_event", slug=event.slug, page=page, **asked) if is_there else None
        )

    return {
        "found": found,
        "filter": chosen,
        "choices": fields.choices(chosen),
        "asked": asked,
        "group": _group_to_write_to(chosen),
        "not_written_to": not_written_to(),
        "columns": _columns_to_choose(event, purposes),
        "is_filtered": bool(asked),
        "search_is_cut": is_long_search(request.args.get("q", "")),
        "sort": order.value,
        "rows": [
            (registration, answers_to(purposes, statuses[registration.subject]))
            for registration in found.registrations
        ],
        "previous_url": page_url(found.page - 1),
        "next_url": page_url(found.page + 1),
    }

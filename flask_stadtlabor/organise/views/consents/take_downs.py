"""What has to be taken down after a consent was withdrawn (C10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask import abort
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.consent.follow_up import publications, take_downs
from flask_stadtlabor.consent.follow_up.take_downs import ContextTask
from flask_stadtlabor.consent.models import Publication
from flask_stadtlabor.consent.texts.published import PurposeTexts, current_texts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.organise.queries import events_by_uid, names_of
from flask_stadtlabor.organise.views.staff_page import (
    button_problems,
    is_number,
    staff_name,
    staff_page,
)
from flask_stadtlabor.permissions import allowed, require
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


class TakeDown(NamedTuple):
    """A task with all that staff needs for it."""

    found: ContextTask
    event: Event | None
    registration: Registration | None
    """Who withdrew, as long as their registration exists."""
    purpose: PurposeTexts | None
    published: Sequence[Publication]
    """What was published of the event under the purpose."""


def show() -> ResponseReturnValue:
    """Open tasks, the oldest first, and what is done below."""
    return _show_tasks()


def finish(number: int) -> ResponseReturnValue:
    """Tick a task off, with the day and who did it."""
    found = take_downs.find_task(number) if is_number(number) else None
    if found is None:
        abort(404)
    require(Action.TAKE_DOWN, events_by_uid([found.context]).get(found.context))
    problems = button_problems()
    if problems:
        return _show_tasks(problems, 422)
    commit(lambda: take_downs.finish(found.task, staff_name()))
    return see_other("take_downs")


def _show_tasks(problems: list[str] | None = None, status: int = 200) -> Response:
    events = events_to_work_on()
    open_tasks = take_downs.open_tasks(events)
    return staff_page(
        "take_downs.html",
        status,
        open_tasks=_with_details(open_tasks, events),
        further=take_downs.count_open(events) - len(open_tasks),
        done_tasks=_with_details(take_downs.done_tasks(events), events),
        problems=problems or [],
    )


def events_to_work_on() -> dict[str, Event | None]:
    """The events with tasks on which this person may work, by their uid."""
    contexts = take_downs.contexts()
    events = events_by_uid(contexts)
    found = {context: events.get(context) for context in contexts}
    return {uid: event for uid, event in found.items() if allowed(Action.TAKE_DOWN, event)}


def _with_details(
    found: Sequence[ContextTask], events: Mapping[str, Event | None]
) -> list[TakeDown]:
    """The tasks with all that staff needs, in three statements for all of them."""
    people = names_of(item.task.subject for item in found)
    purposes = {texts.slug: texts for texts in current_texts([item.task.purpose for item in found])}
    published = publications.publications_of(item.context for item in found)
    return [
        TakeDown(
            item,
            events[item.context],
            people.get(item.task.subject),
            purposes.get(item.task.purpose),
            [
                publication
                for publication in published
                if (publication.context, publication.purpose) == (item.context, item.task.purpose)
            ],
        )
        for item in found
    ]

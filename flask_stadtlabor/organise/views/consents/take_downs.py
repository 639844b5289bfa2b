"""What has to be taken down after a consent was withdrawn (C10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.consent.follow_up import publications, take_downs
from flask_stadtlabor.consent.follow_up.take_downs import ContextTask
from flask_stadtlabor.consent.models import Publication
from flask_stadtlabor.consent.texts.published import PurposeTexts, current_texts
from flask_stadtlabor.editor.withdrawing import withdraw
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.organise.forms.publications import FinishForm, finish_form
from flask_stadtlabor.organise.queries.events import events_by_uid
from flask_stadtlabor.organise.queries.registrations import names_of
from flask_stadtlabor.organise.views.consents import published_pictures
from flask_stadtlabor.organise.views.staff_page import acting, is_number, staff_page
from flask_stadtlabor.permissions import allowed, require
from flask_stadtlabor.pictures.storage import remove_files
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
    form: FinishForm
    """By which it is ticked off."""


def show() -> ResponseReturnValue:
    """Open tasks, the oldest first, and what is done below."""
    return _show_tasks()


def finish(number: int) -> ResponseReturnValue:
    """Tick a task off, with the day and who did it.

    Pictures of the portal that show the person are withdrawn in the same transaction.
    """
    found = take_downs.find_task(number) if is_number(number) else None
    if found is None:
        abort(404)
    require(Action.TAKE_DOWN, events_by_uid([found.context]).get(found.context))
    published = _published_for(found, publications.publications_of([found.context]))
    pictures = published_pictures.pictures_of(published)
    usable = published_pictures.withdrawable(pictures.values())
    form = finish_form(number, published, usable, empty=False)
    if not form.validate():
        return _show_tasks(form, number, 422)
    by = acting()
    gone = [pictures[name].picture.uploaded for name in form.withdrawn() if name in pictures]

    def work() -> None:
        for picture in gone:
            withdraw(picture, by)
        take_downs.finish(found.task, by)

    commit(work)
    for picture in gone:
        remove_files(picture)
    return see_other("take_downs", now="done")


def _show_tasks(
    sent: FinishForm | None = None, number: int | None = None, status: int = 200
) -> Response:
    """The page; ``sent`` is the form of the task ``number`` that was refused."""
    events = events_to_work_on()
    open_tasks = take_downs.open_tasks(events)
    done_tasks = take_downs.done_tasks(events)
    published = publications.publications_of(item.context for item in [*open_tasks, *done_tasks])
    pictures = published_pictures.pictures_of(published)
    details = _Details(events, published, published_pictures.withdrawable(pictures.values()))
    return staff_page(
        "take_downs.html",
        status,
        open_tasks=details.of(open_tasks, sent, number),
        further=take_downs.count_open(events) - len(open_tasks),
        done_tasks=details.of(done_tasks),
        pictures=pictures,
        form=sent,
        is_done=request.args.get("now") == "done",
        problems=sent.problems() if sent else [],
    )


def events_to_work_on() -> dict[str, Event | None]:
    """The events with tasks on which this person may work, by their uid."""
    contexts = take_downs.contexts()
    events = events_by_uid(contexts)
    found = {context: events.get(context) for context in contexts}
    return {uid: event for uid, event in found.items() if allowed(Action.TAKE_DOWN, event)}


class _Details(NamedTuple):
    events: Mapping[str, Event | None]
    published: Sequence[Publication]
    withdrawable: set[str]

    def of(
        self,
        found: Sequence[ContextTask],
        sent: FinishForm | None = None,
        number: int | None = None,
    ) -> list[TakeDown]:
        """The tasks with all that staff needs, in two statements for all of them."""
        people = names_of(item.task.subject for item in found)
        purposes = current_texts([item.task.purpose for item in found])
        by_slug = {texts.slug: texts for texts in purposes}
        return [
            TakeDown(
                item,
                self.events[item.context],
                people.get(item.task.subject),
                by_slug.get(item.task.purpose),
                published := _published_for(item, self.published),
                sent
                if sent is not None and item.task.id == number
                else finish_form(item.task.id, published, self.withdrawable),
            )
            for item in found
        ]


def _published_for(found: ContextTask, published: Sequence[Publication]) -> list[Publication]:
    wanted = found.context, found.task.purpose
    return [each for each in published if (each.context, each.purpose) == wanted]

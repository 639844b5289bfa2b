"""Publishing an event, taking it back, calling it off; who is told what is shown before."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.editor.drafts import working
from flask_stadtlabor.editor.publishing import Changed, look_ahead, take_step
from flask_stadtlabor.editor.review import review
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import OFF, Event, Step
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.forms.edit_event import StepForm
from flask_stadtlabor.organise.queries import numbers_of
from flask_stadtlabor.organise.views.edit_event import acting, draw_review
from flask_stadtlabor.organise.views.staff_page import staff_page
from flask_stadtlabor.registration.models import ACTIVE
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def publish(event: Event) -> ResponseReturnValue:
    """Let everybody see the event, or the changes to it."""
    return _step(event, Step.PUBLISHED)


def unpublish(event: Event) -> ResponseReturnValue:
    """Make it a draft again, of which nobody but staff knows."""
    return _step(event, Step.UNPUBLISHED)


def cancel(event: Event) -> ResponseReturnValue:
    """Call the event off."""
    return _step(event, Step.CANCELLED)


def postpone(event: Event) -> ResponseReturnValue:
    """Call it off for now; a new date follows."""
    return _step(event, Step.POSTPONED)


def _step(event: Event, step: Step) -> ResponseReturnValue:
    obstacle = _obstacle(event, step)
    if obstacle:
        return draw_review(event, [obstacle], 409)
    if request.method == "GET":
        return _show(event, step, _form(event, step))
    form = StepForm()
    problems = form.problems()
    if problems:
        return _show(event, step, form, problems, 422)
    by, (number, people) = acting(), form.shown

    def work() -> None:
        within = lock_event(event)
        because = form.silent_because
        take_step(within, step, by, number=number, people=people, silent_because=because)

    try:
        commit(work)
    except Changed:
        stale = _sl(
            "The event, or the number of people who are told, is another than this page showed. "
            "Nothing has been done; please look once more."
        )
        return _show(event, step, _form(event, step), [stale], 409)
    return see_other("organise_event", slug=event.slug, now=step.value)


def _form(event: Event, step: Step) -> StepForm:
    """A form that knows nothing of what was sent, and carries what the page shows now."""
    shown = {"number": str(working(event).number), "people": str(look_ahead(event, step).people)}
    return StepForm(formdata=None, data=shown)


def _show(
    event: Event, step: Step, form: StepForm, problems: Sequence[str] = (), status: int = 200
) -> Response:
    return staff_page(
        "editor/publish.html",
        status,
        event=event,
        step=step.value,
        step_form=form,
        told=look_ahead(event, step),
        problems=problems,
    )


def _obstacle(event: Event, step: Step) -> str:
    """Why the step cannot be taken; empty where it can."""
    if step is Step.PUBLISHED:
        if review(working(event).document).blocking:
            return _sl("Something is still missing, without which this cannot be published.")
        if event.is_public and not working(event).is_pending:
            return _sl("Everybody sees all of it already.")
        return ""
    if not event.is_public:
        return _sl("Nobody but the team sees this event so far.")
    if step is Step.UNPUBLISHED:
        numbers = numbers_of(event)
        if any(numbers.of(state).parties for state in ACTIVE):
            return _sl(
                "People have registered for this event. Call it off instead, so that they are told."
            )
    elif event.status in OFF and event.status == step.value:
        return _sl("This has been done already.")
    return ""

"""Publishing an event, taking it back, calling it off; who is told what is shown before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.editor.description import describe
from flask_stadtlabor.editor.drafts import Change, Changed, working
from flask_stadtlabor.editor.faults import faults_of
from flask_stadtlabor.editor.planning import PlanEntry, drop_plan, plan, plan_faults, plan_of
from flask_stadtlabor.editor.publishing import look_ahead, take_step
from flask_stadtlabor.editor.removed_answers import going
from flask_stadtlabor.editor.review import review
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import OFF, Event, EventStatus
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.forms.edit_event import StepForm
from flask_stadtlabor.organise.queries.events import numbers_of
from flask_stadtlabor.organise.views.editing.editor_page import binding_of, fields_with, summary_of
from flask_stadtlabor.organise.views.editing.review_event import draw_review
from flask_stadtlabor.organise.views.staff_page import acting, button_problems, staff_page
from flask_stadtlabor.registration.models import ACTIVE
from flask_stadtlabor.state import now
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def publish(event: Event) -> ResponseReturnValue:
    """Let everybody see the event, or the changes to it; a draft by itself at a time, if wanted."""
    obstacle = obstacle_to(event, Step.PUBLISHED)
    if obstacle:
        return draw_review(event, [obstacle], 409)
    lost = going(event, working(event).document)
    if event.is_public:
        return take(event, Step.PUBLISHED, going=lost)
    form = StepForm()
    fields = describe(PlanEntry)
    asked = binding_of(form.posted, zone=event.timezone).bind(fields, {"publish_at": None})
    is_later = request.method == "POST" and asked["publish_at"] is not None
    faults = plan_faults(asked, event.timezone) if is_later else {}
    boxes = fields_with(faults, event.timezone).of(fields, asked)
    values: dict[str, Any] = {
        "template": "editor/publish_draft.html",
        "fields": boxes,
        "plan": plan_of(event),
        "going": lost,
        **summary_of(StepForm(formdata=None), boxes, faults),
    }
    if not is_later:
        return take(event, Step.PUBLISHED, **values)
    problems = form.problems()
    if faults or problems:
        fresh = step_form(event, Step.PUBLISHED, None)
        return show_step(event, Step.PUBLISHED, None, fresh, problems, 422, **values)
    by = acting()
    commit(lambda: plan(lock_event(event), asked, by))
    return see_other("publish_event", slug=event.slug)


def unplan(event: Event) -> ResponseReturnValue:
    """Publish nothing by itself; the draft stays a draft."""
    problems = button_problems()
    if problems:
        return draw_review(event, problems, 422)
    commit(lambda: drop_plan(lock_event(event)))
    return see_other("organise_event", slug=event.slug)


def unpublish(event: Event) -> ResponseReturnValue:
    """Make it a draft again, of which nobody but staff knows."""
    obstacle = obstacle_to(event, Step.UNPUBLISHED)
    if obstacle:
        return draw_review(event, [obstacle], 409)
    return take(event, Step.UNPUBLISHED)


def take(
    event: Event,
    step: Step,
    change: Change | None = None,
    *,
    template: str = "editor/publish.html",
    seen: str = "",
    **values: Any,
) -> ResponseReturnValue:
    """GET shows who will be told what, POST takes the step.

    ``change`` gives the event what the step brings along, ``seen`` is the mark of what was typed
    for that; ``values`` are what the template needs besides.
    """
    form, values = StepForm(), {"template": template, **values}
    if request.method == "GET":
        fresh = step_form(event, step, change, seen)
        return show_step(event, step, change, fresh, **values)
    problems = form.problems()
    if problems:
        return show_step(event, step, change, form, problems, 422, **values)
    by, (number, people) = acting(), form.shown

    def work() -> None:
        within = lock_event(event)
        if obstacle_to(within.event, step):
            # somebody registered, for instance, since the page asked
            raise Changed
        take_step(
            within,
            step,
            by,
            number=number,
            people=people,
            silent_because=form.silent_because,
            change=change,
        )
        drop_plan(within)

    try:
        commit(work)
    except Changed:
        stale = _sl(
            "The event, or the number of people who are told, is another than this page showed. "
            "Nothing has been done; please look once more."
        )
        fresh = as_typed(event, step, change, form, seen)
        return show_step(event, step, change, fresh, status=409, again=stale, **values)
    is_told = people > 0 and not form.silent_because
    return see_other("organise_event", slug=event.slug, did=step.value, told=is_told or None)


def show_step(
    event: Event,
    step: Step,
    change: Change | None,
    form: StepForm,
    problems: Sequence[str] = (),
    status: int = 200,
    *,
    template: str,
    **values: Any,
) -> Response:
    """The page of a step: who will be told what, and its button.

    ``again``, among ``values``, says why it is shown once more though nothing is wrong.
    """
    told = look_ahead(event, step, change)
    shown = {"step": step.value, "step_form": form, "told": told, "problems": problems}
    return staff_page(template, status, event=event, **shown, **values)


def step_form(event: Event, step: Step, change: Change | None, seen: str = "") -> StepForm:
    """A form that knows nothing of what was sent, and carries what the page shows now."""
    people = look_ahead(event, step, change).people
    shown = {"number": str(working(event).number), "people": str(people), "seen": seen}
    return StepForm(formdata=None, data=shown)


def as_typed(
    event: Event, step: Step, change: Change | None, form: StepForm, seen: str
) -> StepForm:
    """Such a form that also keeps whether somebody wants to tell nobody, and why."""
    fresh = step_form(event, step, change, seen)
    fresh.silent.data, fresh.reason.data = form.silent.data, form.reason.data
    return fresh


def obstacle_to(event: Event, step: Step) -> str:
    """Why the step cannot be taken; empty where it can."""
    if step is Step.PUBLISHED:
        current = working(event)
        if review(current.document).blocking:
            return _sl("Something is still missing, without which this cannot be published.")
        faults = faults_of(current.document, seats_taken=event.seats_taken)
        if faults:
            return next(reason for reasons in faults.values() for reason in reasons)
        if event.is_public and not current.is_pending:
            return _sl("Everybody sees all of it already.")
        return ""
    if not event.is_public:
        return _sl("Nobody but the team sees this event so far.")
    if step is Step.UNPUBLISHED:
        numbers = numbers_of(event)
        if any(numbers.of(state).parties for state in ACTIVE):
            return _sl(
                "People have registered for this event. Cancel it instead, so that they are told."
            )
    elif step is Step.MOVED and event.status == EventStatus.CANCELLED:
        return _sl("It has been cancelled. Copy it as the next date instead.")
    elif step is Step.MOVED and event.ends_at <= now() and event.status != EventStatus.POSTPONED:
        return _sl("It is over. Copy it as the next date instead.")
    elif event.status in OFF and event.status == step.value:
        return _sl("This has been done already.")
    return ""

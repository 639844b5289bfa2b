"""Cancelling and postponing an event, with a reason and with what there is in its place."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.editor.calling_off import fields_of_status, mark_of
from flask_stadtlabor.editor.drafts import Change
from flask_stadtlabor.editor.faults import faults_of
from flask_stadtlabor.editor.publishing import STATUS, look_ahead
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exchange.saving import Document, document_of
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.forms.edit_event import StepForm
from flask_stadtlabor.organise.views.editing.editor_page import binding_of, fields_with, summary_of
from flask_stadtlabor.organise.views.editing.publish_event import (
    obstacle_to,
    show_step,
    step_form,
    take,
)
from flask_stadtlabor.organise.views.editing.review_event import draw_review

TEMPLATE = "editor/call_off.html"
LOOK, SEEN = "look", "seen"
"""The button that shows the mails, and the mark of what the page says in them."""


def cancel(event: Event) -> ResponseReturnValue:
    """Call the event off."""
    return _call_off(event, Step.CANCELLED)


def postpone(event: Event) -> ResponseReturnValue:
    """Call it off for now; a new date follows."""
    return _call_off(event, Step.POSTPONED)


def _call_off(event: Event, step: Step) -> ResponseReturnValue:
    """The mails say what is typed, so the page shows them with it before anybody is told."""
    obstacle = obstacle_to(event, step)
    if obstacle:
        return draw_review(event, [obstacle], 409)
    form = StepForm()
    fields = fields_of_status(STATUS[step])
    binding = binding_of(form.posted, zone=event.timezone)

    def say(document: Document) -> Document:
        return {**binding.bind(fields, document), "status": STATUS[step].value}

    document = say(document_of(event))
    names = {item.name for item in fields}
    # what else is wrong with an event keeps nobody from calling it off
    faults = {
        path: sentences
        for path, sentences in faults_of(document, seats_taken=event.seats_taken).items()
        if path.partition(".")[0] in names
    }
    boxes = fields_with(faults, event.timezone, event.slug).of(fields, document)
    values: dict[str, Any] = {
        "template": TEMPLATE,
        "fields": boxes,
        "mark": mark_of(document),
        **summary_of(StepForm(formdata=None), boxes, faults),
    }
    if faults:
        fresh = _as_typed(event, step, None, form)
        return show_step(event, step, None, fresh, status=422, **values)
    if request.method == "POST" and (LOOK in form.posted or _was_not_shown(event, step, form, say)):
        return _look(event, step, form, say, values)
    return take(event, step, say, **values)


def _was_not_shown(event: Event, step: Step, form: StepForm, say: Change) -> bool:
    """Whether people would be told something else than the page showed."""
    before = {**document_of(event), "status": STATUS[step].value}
    shown = form.posted.get(SEEN, [mark_of(before)])
    if form.silent.data or mark_of(say(before)) in shown:
        return False
    return look_ahead(event, step, say).people > 0


def _look(
    event: Event, step: Step, form: StepForm, say: Change, values: dict[str, Any]
) -> Response:
    """The mails with what was typed; nothing has been done yet."""
    fresh = _as_typed(event, step, say, form)
    if LOOK in form.posted:
        return show_step(event, step, say, fresh, **values)
    anew = _sl(
        "The mails now say what you wrote. Nothing has been done; please look once more and press "
        "the button again."
    )
    return show_step(event, step, say, fresh, [anew], 409, **values)


def _as_typed(event: Event, step: Step, say: Change | None, form: StepForm) -> StepForm:
    """A form that carries what the page shows now, and whether somebody wants to tell nobody."""
    fresh = step_form(event, step, say)
    fresh.silent.data, fresh.reason.data = form.silent.data, form.reason.data
    return fresh

"""Cancelling and postponing an event, with a reason and with what there is in its place."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.editor.calling_off import fields_of_status, said_of
from flask_stadtlabor.editor.drafts import Change
from flask_stadtlabor.editor.faults import faults_of
from flask_stadtlabor.editor.publishing import STATUS, look_ahead
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exchange.saving import Document, document_of
from flask_stadtlabor.organise.forms.edit_event import StepForm
from flask_stadtlabor.organise.views.editing.editor_page import binding_of, fields_with, summary_of
from flask_stadtlabor.organise.views.editing.publish_event import (
    as_typed,
    obstacle_to,
    show_step,
    take,
)
from flask_stadtlabor.organise.views.editing.review_event import draw_review
from flask_stadtlabor.organise.views.staff_page import LOOK, not_seen_yet
from flask_stadtlabor.tokens import mark_of

TEMPLATE = "editor/call_off.html"


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
        **summary_of(StepForm(formdata=None), boxes, faults),
    }
    if faults:
        fresh = as_typed(event, step, None, form, "")
        return show_step(event, step, None, fresh, status=422, **values)
    seen = mark_of(said_of(document))
    if request.method == "POST":
        fresh = as_typed(event, step, say, form, seen)
        if LOOK in form.posted:
            return show_step(event, step, say, fresh, **values)
        if _was_not_shown(event, step, form, say, seen):
            return show_step(event, step, say, fresh, status=409, again=not_seen_yet(), **values)
    return take(event, step, say, seen=seen, **values)


def _was_not_shown(event: Event, step: Step, form: StepForm, say: Change, seen: str) -> bool:
    """Whether people would be told something else than the page showed."""
    before = {**document_of(event), "status": STATUS[step].value}
    if form.silent.data or seen == (form.seen.data or mark_of(said_of(before))):
        return False
    return look_ahead(event, step, say).people > 0

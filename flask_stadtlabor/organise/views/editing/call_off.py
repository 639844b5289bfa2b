"""Cancelling and postponing an event, with a reason and with what there is in its place."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor.calling_off import fields_of_status, said_of
from flask_stadtlabor.editor.faults import faults_of
from flask_stadtlabor.editor.gaps import gaps_of
from flask_stadtlabor.editor.publishing import STATUS, look_ahead
from flask_stadtlabor.editor.review import label_at
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exchange.saving import Document, document_of
from flask_stadtlabor.i18n import _sl, named_language
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
from flask_stadtlabor.state import settings
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
    values["gaps"] = gaps = _gaps(document, names)
    if request.method == "POST":
        fresh = as_typed(event, step, say, form, seen)
        if LOOK in form.posted:
            return show_step(event, step, say, fresh, **values)
        if _was_not_shown(event, step, form, seen) and (
            gaps or (not form.silent.data and look_ahead(event, step, say).people)
        ):
            return show_step(event, step, say, fresh, status=409, again=not_seen_yet(), **values)
    return take(event, step, say, seen=seen, **values)


def _was_not_shown(event: Event, step: Step, form: StepForm, seen: str) -> bool:
    """Whether something else is typed than the page showed, which began with what is stored."""
    before = {**document_of(event), "status": STATUS[step].value}
    return seen != (form.seen.data or mark_of(said_of(before)))


def _gaps(document: Document, names: Collection[str]) -> list[str]:
    """What is missing in which language, and what those who read that language get."""
    return [
        _sl(
            "“%(field)s” is not there in %(language)s. Whoever reads that gets it in %(other)s, "
            "and reads that it is.",
            field=label_at(gap.path),
            language=named_language(gap.language),
            other=named_language(_read_instead(document[gap.path], gap.language)),
        )
        for gap in gaps_of(document, settings().locales)
        if gap.path in names
    ]


def _read_instead(text: dict[str, str], code: str) -> str:
    """The language in which a text is shown to those who read one that it lacks."""
    return LocalizedText(text).choose(code, settings().default_locale)[1] or code

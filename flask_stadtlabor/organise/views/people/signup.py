"""Staff registers somebody: on the phone, at a desk, or at the door, where they come in at once."""

from __future__ import annotations

from flask import abort, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.consent.models import ActorKind, Method
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import NextStep, Step, WhyFull, next_step, seats_left
from flask_stadtlabor.events.standing import seats_in_all, step_sentence
from flask_stadtlabor.i18n import _sl, _sln
from flask_stadtlabor.organise.forms.signup import StaffForm, staff_form
from flask_stadtlabor.organise.views.at_door import door
from flask_stadtlabor.organise.views.staff_page import acting, next_page, staff_page
from flask_stadtlabor.permissions import require
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.models import Source
from flask_stadtlabor.registration.operations import staff
from flask_stadtlabor.registration.operations.staff import StaffSignup
from flask_stadtlabor.registration.refusals import NotTaken
from flask_stadtlabor.state import now
from flask_stadtlabor.transactions import commit

ENDED = (Step.OVER, Step.CANCELLED, Step.POSTPONED)
"""Where nobody registers any more, or before there is a new date; not even staff."""


def register(event: Event) -> ResponseReturnValue:
    """The form for staff, ``?at=door`` for somebody who just came."""
    if not event.is_public or not event.takes_registrations:
        abort(404)
    at_door = request.args.get("at") == "door"
    if at_door:
        require(Action.CHECK_IN, event)
    form = staff_form(event, current_texts(event.purposes), method=session.get(door.METHOD))
    step = next_step(event, now(), by_staff=True)
    if not form.is_submitted():
        return _show_form(event, form, at_door=at_door)
    is_valid = form.validate()
    if step.step in ENDED:
        return _show_form(event, form, at_door=at_door, refusal=step, status=409)
    if not is_valid:
        return _show_form(event, form, at_door=at_door, status=422)
    try:
        found = _register(event, form, at_door=at_door)
    except NotTaken as refusal:
        return _show_form(event, form, at_door=at_door, refusal=refusal.step, status=409)
    number = found.registration.id
    if at_door:
        news = {"now": "arrived"} if found.is_new else {}
        return redirect(door.card_url(event, number, **news), 303)
    return redirect(next_page(event, number, "registered" if found.is_new else "known"), 303)


def _register(event: Event, form: StaffForm, *, at_door: bool) -> StaffSignup:
    method = Method(form.method.data or Method.KIOSK)
    session[door.METHOD] = form.method.data
    application = form.application(
        reach=form.reach.data or None,
        language=form.language.data,
        source=Source.DOOR if at_door else Source.DESK,
        method=method,
        actor=ActorKind.STAFF,
    )
    if not at_door:
        return commit(lambda: staff.register(lock_event(event), application))
    where, by = session.get(door.DOOR), acting()
    return commit(
        lambda: staff.register_at_door(lock_event(event), application, where=where, by=by)
    )


def _show_form(
    event: Event,
    form: StaffForm,
    *,
    at_door: bool,
    refusal: NextStep | None = None,
    status: int = 200,
) -> Response:
    seats = seats_left(event, now())
    step = next_step(event, now(), by_staff=True)
    return staff_page(
        "register.html",
        status,
        event=event,
        form=form,
        step=step,
        sentence=step_sentence(event, step),
        shows_form=form.is_submitted() or step.step not in ENDED,
        seats_left=seats,
        at_door=at_door,
        refusal=why_not(event, refusal, seats) if refusal else None,
        privacy=form.privacy_notice(),
        news=request.args.get("now", ""),
    )


def why_not(event: Event, step: NextStep, seats_left: int | None) -> str:
    """Why there are no seats for so many, in a sentence; staff may know how many are left."""
    if step.why_full == WhyFull.LARGER_THAN_EVENT:
        return seats_in_all(event)
    if step.party_is_too_large and seats_left:
        return _sln(
            "There is only one seat left.", "There are only %(num)d seats left.", seats_left
        )
    if step.step == Step.FULL:
        return _sl("All seats are taken.")
    if step.step == Step.WAITING_LIST:
        return _sl("All free seats belong to those who wait.")
    return step_sentence(event, step)

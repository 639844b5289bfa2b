"""Signing up: the form of an event, and what comes next."""

from __future__ import annotations

from flask import redirect, render_template, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from flask_stadtlabor.consent.published import current_texts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import NextStep, Step, next_step
from flask_stadtlabor.events.queries import find_event
from flask_stadtlabor.i18n import _sl, _sln, language
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.registration import applying
from flask_stadtlabor.registration.applying import NotTaken, TooManyMails
from flask_stadtlabor.registration.forms import RegistrationForm, registration_form
from flask_stadtlabor.registration.opened import SENT, personal
from flask_stadtlabor.state import now
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url


def register(slug: str) -> ResponseReturnValue:
    """The registration form of an event: GET shows it, POST registers."""
    event = _event_with_registration(slug)
    form = registration_form(event, current_texts(event.purposes))
    step = next_step(event, now())
    if not form.is_submitted():
        return _show_form(event, form, step, 200)
    if not step.takes_registrations and step.step != Step.FULL:
        return _show_form(event, form, step, 409)
    if not form.validate():
        return _show_form(event, form, step, 422 if step.takes_registrations else 409)
    if not _within_limits(event, form):
        form.form_problems = [_too_many()]
        return _show_form(event, form, step, 429)
    application = form.application(language=language())
    try:
        state = commit(lambda: applying.register(event, application))
    except NotTaken as refusal:
        return _show_form(_event_with_registration(slug), form, refusal.step, 409)
    except TooManyMails:
        form.form_problems = [_too_many_mails()]
        return _show_form(_event_with_registration(slug), form, step, 429)
    session[SENT] = {"event": slug, "email": form.email.data, "state": str(state)}
    return redirect(local_url("registered", slug=slug), 303)


def registered(slug: str) -> ResponseReturnValue:
    """What happens now, after the form was sent."""
    sent = session.get(SENT)
    if not isinstance(sent, dict) or sent.get("event") != slug:
        return redirect(local_url("event", slug=slug), 303)
    event = _event_with_registration(slug)
    # said once: the next person at a shared computer shall not read it
    session[SENT] = {**sent, "email": None}
    return personal(
        render_template(
            "stadtlabor/registration/registered.html",
            event=event,
            outcome=sent["state"],
            email=sent["email"],
        )
    )


def _event_with_registration(slug: str) -> Event:
    event = find_event(slug)
    if event is None or not event.is_public or not event.takes_registrations:
        raise NotFound
    return event


def _show_form(event: Event, form: RegistrationForm, step: NextStep, status: int) -> Response:
    page = render_template(
        "stadtlabor/registration/register.html",
        event=event,
        form=form,
        step=step,
        problem=_why_not(step, form) if status in (200, 409) else None,
        purposes=list(form.consent_fields()),
        privacy=form.privacy_notice(),
    )
    return personal(page, status)


def _why_not(step: NextStep, form: RegistrationForm) -> str | None:
    """Why no registration is taken, and what is left to do; None while some are."""
    if step.step == Step.FULL and step.seats_left:
        return _sln(
            "There is only one seat left. Please register a smaller group.",
            "There are only %(num)d seats left. Please register a smaller group.",
            step.seats_left,
        )
    return {
        Step.OPENS_LATER: _sl("Registration has not opened yet."),
        Step.FULL: _sl("All seats are taken, and there is no waiting list."),
        Step.CLOSED: _sl("Registration for this event has closed."),
        Step.OVER: _sl("This event is over."),
        Step.CANCELLED: _sl("This event has been cancelled."),
        Step.POSTPONED: _sl("This event has been postponed. The new date is not known yet."),
    }.get(step.step)


def _within_limits(event: Event, form: RegistrationForm) -> bool:
    return (
        within_limit("register", client_key())
        and within_limit("register-address", str(form.email.data).casefold())
        and within_limit("register-event", event.uid)
    )


def _too_many_mails() -> str:
    return _sl(
        "This e-mail address has had so many mails from us today that we can send it no other one. "
        "Nothing has been changed: please send the form again tomorrow, or use another address."
    )


def _too_many() -> str:
    return _sl(
        "There were very many registrations in a short time. Nothing that you wrote is lost: "
        "please send the form again in a few minutes."
    )

"""Signing up: the form of an event, and what comes next."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import Step, next_step
from flask_stadtlabor.events.page_cache import get_or_render
from flask_stadtlabor.events.queries import find_event, probe_event
from flask_stadtlabor.i18n import _sl, language
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.registration.forms.signup import registration_form
from flask_stadtlabor.registration.mails.share import exceeded_share
from flask_stadtlabor.registration.operations import signup
from flask_stadtlabor.registration.refusals import NotTaken
from flask_stadtlabor.registration.views.link_session import personal, remember_sent, sent_for
from flask_stadtlabor.registration.views.signup_page import empty_form, form_again, kept_form
from flask_stadtlabor.state import now
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url


def register(slug: str) -> ResponseReturnValue:
    """The registration form of an event: GET shows it, POST registers."""
    if request.method == "POST":
        return _register(slug)
    return get_or_render(kept_form, lambda: _open_form(slug))


def _open_form(slug: str) -> Response:
    probe = probe_event(slug, with_other_dates=False)
    if probe is None or not _may_register(probe.event):
        raise NotFound
    return empty_form(probe)


def _register(slug: str) -> ResponseReturnValue:
    event = _event_with_registration(slug)
    form = registration_form(event, current_texts(event.purposes))
    step = next_step(event, now())
    is_valid = form.validate()
    if not step.takes_registrations and step.step != Step.FULL:
        return form_again(event, form, step, 409)
    if not is_valid:
        return form_again(event, form, step, 422 if step.takes_registrations else 409)
    if not _within_limits(event):
        form.form_problems = [_too_many()]
        return form_again(event, form, step, 429)
    application = form.application(language=language())
    # counted here, once, because what is committed may be tried again
    exceeded = exceeded_share(str(form.email.data), "mail-address", "register-address")
    try:
        state = commit(lambda: signup.register(lock_event(event), application, exceeded=exceeded))
    except NotTaken as refusal:
        return form_again(_event_with_registration(slug), form, refusal.step, 409)
    remember_sent(slug, form.email.data, str(state))
    return redirect(local_url("registered", slug=slug), 303)


def registered(slug: str) -> ResponseReturnValue:
    """What happens now, after the form was sent."""
    sent = sent_for(slug)
    if sent is None:
        return redirect(local_url("event", slug=slug), 303)
    outcome, email = sent
    event = _event_with_registration(slug)
    return personal(
        draw("stadtlabor/registration/registered.html", event=event, outcome=outcome, email=email)
    )


def _event_with_registration(slug: str) -> Event:
    event = find_event(slug)
    if event is None or not _may_register(event):
        raise NotFound
    return event


def _may_register(event: Event) -> bool:
    return event.is_public and event.takes_registrations


def _within_limits(event: Event) -> bool:
    """By client and event alone: a limit by address would tell of it, or lock its owner out."""
    return within_limit("register", client_key()) and within_limit("register-event", event.uid)


def _too_many() -> str:
    return _sl(
        "There were very many registrations in a short time. Nothing that you wrote is lost: "
        "please send the form again in a few minutes."
    )

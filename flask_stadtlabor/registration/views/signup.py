"""Signing up: the form of an event, and what comes next."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from flask import request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from flask_stadtlabor.caching import is_stranger
from flask_stadtlabor.consent.models import Method
from flask_stadtlabor.consent.texts.published import texts_at
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import Step, next_step
from flask_stadtlabor.events.page_cache import get_or_render
from flask_stadtlabor.events.queries import EventProbe, probe_event
from flask_stadtlabor.i18n import _sl, language
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.registration.accounts import has_confirmed, registrations_of, signed_in
from flask_stadtlabor.registration.forms.signup import details_of, registration_form
from flask_stadtlabor.registration.mails.share import exceeded_share
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.operations import signup
from flask_stadtlabor.registration.refusals import NotTaken
from flask_stadtlabor.registration.views.link_session import SENT, personal
from flask_stadtlabor.registration.views.signup_page import (
    empty_form,
    filled_form,
    form_again,
    kept_form,
)
from flask_stadtlabor.state import now
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other

SENT_TIME = timedelta(minutes=10)
"""How long the page that says what happens now names the address."""


def register(slug: str) -> ResponseReturnValue:
    """The registration form of an event: GET shows it, POST registers."""
    if request.method == "POST":
        return _register(slug)
    # whom nobody knows is not asked for: a host's answer may open the session of every stranger
    actor = None if is_stranger() else signed_in()
    if actor is not None and details_of(actor):
        return filled_form(_probe_with_registration(slug), actor)
    return get_or_render(kept_form, lambda: _open_form(slug))


def _open_form(slug: str) -> Response:
    return empty_form(_probe_with_registration(slug))


def _register(slug: str) -> ResponseReturnValue:
    probe = _probe_with_registration(slug)
    event = probe.event
    form = registration_form(event, texts_at(probe.revision, event.purposes))
    step = next_step(event, now())
    is_valid = form.validate()
    if not step.takes_registrations and step.step != Step.FULL:
        return form_again(event, form, step, 409)
    if not is_valid:
        return form_again(event, form, step, 422 if step.takes_registrations else 409)
    if not _within_limits(event):
        form.form_problems = [_too_many()]
        return form_again(event, form, step, 429)
    actor, address = signed_in(), str(form.email.data)
    account = actor.key if actor is not None and has_confirmed(actor, address) else None
    application = form.application(
        language=language(),
        account=account,
        method=Method.WEB if account is None else Method.ACCOUNT,
    )
    # counted here, once, because what is committed may be tried again
    exceeded = exceeded_share(address, "mail-address", "register-address")
    try:
        state = commit(lambda: signup.register(lock_event(event), application, exceeded=exceeded))
    except NotTaken as refusal:
        return form_again(_event_with_registration(slug), form, refusal.step, 409)
    _remember_sent(slug, address, str(state), from_account=account is not None)
    return see_other("registered", slug=slug)


def registered(slug: str) -> ResponseReturnValue:
    """What happens now, after the form was sent."""
    sent = _sent_for(slug)
    if sent is None:
        return see_other("event", slug=slug)
    event = _event_with_registration(slug)
    return personal(
        draw(
            "stadtlabor/registration/registered.html",
            event=event,
            outcome=sent.state,
            email=sent.email,
            is_in_account=sent.from_account and _is_in_account(event),
        )
    )


class Sent(NamedTuple):
    """What was registered in this browser a moment ago."""

    state: str
    email: str | None
    """None where it was told already, or is not to be told any more."""
    from_account: bool
    """Whether it was sent with an address that the sender's account has confirmed."""


def _remember_sent(slug: str, email: str, state: str, *, from_account: bool) -> None:
    """Keep what was registered in this browser for the page that says what happens now."""
    session[SENT] = {
        "event": slug,
        "email": email,
        "state": state,
        "account": from_account,
        "until": int((now() + SENT_TIME).timestamp()),
    }


def _sent_for(slug: str) -> Sent | None:
    """What was registered here for this event; None where that was nothing.

    The address is told once, and for a while: the next person at a shared computer shall not read
    it, nor whoever has a copy of the cookie.
    """
    kept = session.get(SENT)
    if not isinstance(kept, dict) or kept.get("event") != slug:
        return None
    session[SENT] = {**kept, "email": None}
    is_fresh = now().timestamp() <= kept.get("until", 0)
    email = kept["email"] if is_fresh else None
    return Sent(str(kept["state"]), email, bool(kept.get("account")))


def _is_in_account(event: Event) -> bool:
    """Whether the account has a registration for the event; one from before may be in none."""
    actor = signed_in()
    return actor is not None and bool(registrations_of(actor, Registration.event_id == event.id))


def _probe_with_registration(slug: str) -> EventProbe:
    """The event with the content revision; 404 where nobody can register."""
    probe = probe_event(slug, with_other_dates=False)
    if probe is None or not (probe.event.is_public and probe.event.takes_registrations):
        raise NotFound
    return probe


def _event_with_registration(slug: str) -> Event:
    """The event by itself; 404 where nobody can register."""
    return _probe_with_registration(slug).event


def _within_limits(event: Event) -> bool:
    """Limits by client and event only: a limit by address would reveal it or lock its owner out."""
    return within_limit("register", client_key()) and within_limit("register-event", event.uid)


def _too_many() -> str:
    return _sl(
        "There were very many registrations in a short time. Nothing that you wrote is lost: "
        "please send the form again in a few minutes."
    )

"""Signing up: the form of an event, and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from flask import request, session
from flask.typing import ResponseReturnValue

from flask_stadtlabor.caching import is_stranger
from flask_stadtlabor.config import Rate
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.next_step import Step, next_step
from flask_stadtlabor.events.page_cache import get_or_render
from flask_stadtlabor.i18n import _sl, language
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.registration.accounts import has_confirmed, signed_in
from flask_stadtlabor.registration.forms.signup import details_of, registration_form
from flask_stadtlabor.registration.mails.share import exceeded_share
from flask_stadtlabor.registration.operations import signup
from flask_stadtlabor.registration.refusals import ContentChanged, NotTaken
from flask_stadtlabor.registration.views.form_content import (
    FormContent,
    read_content,
    remembered_content,
)
from flask_stadtlabor.registration.views.link_session import SENT
from flask_stadtlabor.registration.views.registered_page import account_page, registered_page
from flask_stadtlabor.registration.views.signup_page import (
    empty_form,
    filled_form,
    form_again,
    kept_form,
)
from flask_stadtlabor.state import now
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
        return filled_form(read_content(slug), actor)
    return get_or_render(kept_form, lambda: empty_form(read_content(slug)))


def _register(slug: str) -> ResponseReturnValue:
    """By what this process remembers of the event; what is no longer so is read, and tried again.

    Hits are counted once, though what is committed may be tried again, too.
    """
    count_hits = cache(_count_hits)
    remembered = remembered_content(slug)
    if remembered is not None:
        try:
            return _register_by(remembered, count_hits, is_remembered=True)
        except ContentChanged:
            pass
    return _register_by(read_content(slug), count_hits)


def _register_by(
    content: FormContent, count_hits: Callable[[str, str], _Hits], *, is_remembered: bool = False
) -> ResponseReturnValue:
    """Raises :class:`ContentChanged` where what is remembered is not enough for the answer."""
    event = content.event
    form = registration_form(event, content.texts, content.revision)
    step = next_step(event, now())
    is_valid = form.validate()
    if is_remembered and not (is_valid and step.takes_registrations):
        raise ContentChanged
    if not step.takes_registrations and step.step != Step.FULL:
        return form_again(event, form, step, 409)
    if not is_valid:
        return form_again(event, form, step, 422 if step.takes_registrations else 409)
    hits = count_hits(event.uid, str(form.email.data))
    if hits.are_too_many:
        form.form_problems = [_too_many()]
        return form_again(event, form, step, 429)
    actor, address = signed_in(), str(form.email.data)
    account = actor.key if actor is not None and has_confirmed(actor, address) else None
    application = form.application(
        language=language(),
        revision=content.revision if is_remembered else None,
        account=account,
    )
    try:
        state = commit(
            lambda: signup.register(
                lock_event(event), application, exceeded=hits.exceeded_by_address
            )
        )
    except NotTaken as refusal:
        return form_again(read_content(event.slug).event, form, refusal.step, 409)
    _remember_sent(event.slug, address, str(state), from_account=account is not None)
    return see_other("registered", slug=event.slug)


class _Hits(NamedTuple):
    """What the limits say of a form."""

    are_too_many: bool
    """Whether the form is refused: by client and event only, because a limit by address would
    reveal it or lock its owner out."""
    exceeded_by_address: Rate | None = None
    """By which limit the address has had its share of mails."""


def _count_hits(event_uid: str, email: str) -> _Hits:
    if not (within_limit("register", client_key()) and within_limit("register-event", event_uid)):
        return _Hits(are_too_many=True)
    return _Hits(False, exceeded_share(email, "mail-address", "register-address"))


def registered(slug: str) -> ResponseReturnValue:
    """What happens now, after the form was sent."""
    sent = _sent_for(slug)
    if sent is None:
        return see_other("event", slug=slug)
    if sent.from_account:
        return account_page(slug, sent.state, sent.email)
    return registered_page(slug, sent.state, sent.email)


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


def _too_many() -> str:
    return _sl(
        "There were very many registrations in a short time. Nothing that you wrote is lost: "
        "please send the form again in a few minutes."
    )

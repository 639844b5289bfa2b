"""The pages of a registration: the form, what comes next, and self-service by the mailed link."""

from __future__ import annotations

from flask import abort, make_response, redirect, render_template, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from flask_stadtlabor.consent import queries as consent
from flask_stadtlabor.consent.models import Mode
from flask_stadtlabor.consent.queries import PurposeTexts
from flask_stadtlabor.errors import LinkExpired
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import NextStep, Step, next_step
from flask_stadtlabor.events.queries import find_event
from flask_stadtlabor.i18n import _sl, _sln, language, words
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.registration import links, operations
from flask_stadtlabor.registration.forms import (
    RegistrationButton,
    RegistrationForm,
    registration_form,
)
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.registration.operations import Application, NotPossible, NotTaken
from flask_stadtlabor.registration.waiting_list import place_in_queue
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.tokens import keyed_hash, token_hash
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url

SENT = "stadtlabor_sent"
OPENED = "stadtlabor_link"


def register(slug: str) -> ResponseReturnValue:
    """The registration form of an event: GET shows it, POST registers."""
    event = _event_with_registration(slug)
    form = registration_form(event, consent.current_texts(event.purposes))
    step = next_step(event, now())
    if not form.is_submitted():
        return _show_form(event, form, step, 200)
    if not step.takes_registrations and step.step != Step.FULL:
        return _show_form(event, form, step, 409)
    if not form.validate():
        return _show_form(event, form, step, 422 if step.takes_registrations else 409)
    if not _within_limits(event, form):
        form.form_problems.append(_too_many())
        return _show_form(event, form, step, 429)
    application = _application(event, form)
    try:
        state = commit(lambda: operations.register(event, application))
    except NotTaken as refusal:
        return _show_form(_event_with_registration(slug), form, refusal.step, 409)
    session[SENT] = {"event": slug, "email": form.email.data, "state": str(state)}
    return redirect(local_url("registered", slug=slug), 303)


def registered(slug: str) -> ResponseReturnValue:
    """What happens now, after the form was sent."""
    sent = session.get(SENT)
    if not isinstance(sent, dict) or sent.get("event") != slug:
        return redirect(local_url("event", slug=slug), 303)
    event = _event_with_registration(slug)
    return _personal(
        render_template(
            "stadtlabor/registration/registered.html",
            event=event,
            outcome=sent["state"],
            email=sent["email"],
        )
    )


def open_link(token: str) -> ResponseReturnValue:
    """Every personal link of a mail: swaps the token for a session (S3)."""
    if not within_limit("link", client_key()):
        abort(429)
    hashed = token_hash(token)
    if _registration_behind(hashed) is None:
        abort(404)
    session[OPENED] = hashed
    return redirect(local_url("registration"), 303)


def show() -> ResponseReturnValue:
    """Self-service: the state, the next step, the consents."""
    registration = _opened_registration()
    return _show_registration(registration, _button(registration), [], 200)


def confirm() -> ResponseReturnValue:
    """The person confirms their address, or takes the seats they were offered."""
    registration = _opened_registration()
    event = registration.event
    refusal = _refused_button(registration)
    if refusal is not None:
        return refusal
    try:
        commit(lambda: operations.confirm(registration))
    except NotPossible:
        # a hold or an offer that is over ends now, and not only when the worker comes by
        commit(lambda: operations.end_overdue(event))
        shown = _opened_registration()
        return _show_registration(shown, _button(shown), [_no_longer_possible()], 409)
    return redirect(local_url("registration"), 303)


def cancel() -> ResponseReturnValue:
    """The person does not come."""
    registration = _opened_registration()
    refusal = _refused_button(registration)
    if refusal is not None:
        return refusal
    commit(lambda: operations.cancel(registration))
    return redirect(local_url("registration"), 303)


def withdraw(purpose: str) -> ResponseReturnValue:
    """The person withdraws one consent: one POST, effective at once (C10)."""
    registration = _opened_registration()
    asked = next((s for s in consent.statuses(registration.subject) if s.slug == purpose), None)
    if asked is None:
        abort(404)
    refusal = _refused_button(registration)
    if refusal is not None:
        return refusal
    title = words(asked.title)
    commit(lambda: operations.withdraw(registration, purpose, title))
    return redirect(local_url("registration"), 303)


def receipt() -> ResponseReturnValue:
    """What was asked and answered about the person's consent, to keep or print."""
    registration = _opened_registration()
    return _personal(
        render_template(
            "stadtlabor/registration/receipt.html",
            registration=registration,
            event=registration.event,
            consents=consent.statuses(registration.subject),
            entries=consent.history(registration.subject),
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
        privacy=_privacy_notice(form),
    )
    return _personal(page, status)


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
        Step.FULL: _sl("All seats are taken, and this event has no waiting list."),
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


def _too_many() -> str:
    return _sl(
        "There were very many registrations in a short time. Nothing that you wrote is lost: "
        "please send the form again in a few minutes."
    )


def _application(event: Event, form: RegistrationForm) -> Application:
    is_under_age = bool(form.under_16.data) if event.ask_age else None
    return Application(
        given_name=str(form.given_name.data),
        family_name=str(form.family_name.data),
        email=str(form.email.data),
        party_size=int(form.party_size.data or 1),
        language=language(),
        answers=form.answers(),
        is_under_age=is_under_age,
        guardian_name=form.guardian_name.data if is_under_age else None,
        choices=form.choices(),
        privacy_shown=_privacy_shown(form),
    )


def _privacy_notice(form: RegistrationForm) -> PurposeTexts | None:
    return next((purpose for purpose in form.purposes if purpose.mode == Mode.PRIVACY), None)


def _privacy_shown(form: RegistrationForm) -> str | None:
    notice = _privacy_notice(form)
    if notice is None:
        return settings().privacy_url
    return f"{notice.slug}/{notice.version}/{notice.shown().language}"


def _registration_behind(hashed_token: str) -> Registration | None:
    try:
        return links.registration_behind(hashed_token)
    except links.LinkHasExpired as error:
        raise LinkExpired from error


def _opened_registration() -> Registration:
    """The registration whose link was opened in this browser; 403 where none was."""
    hashed = session.get(OPENED)
    registration = _registration_behind(str(hashed)) if hashed else None
    if registration is None:
        abort(403)
    return registration


def _show_registration(
    registration: Registration, button: RegistrationButton, errors: list[str], status: int
) -> Response:
    page = render_template(
        "stadtlabor/registration/show.html",
        registration=registration,
        event=registration.event,
        step=next_step(registration.event, now()),
        consents=consent.statuses(registration.subject),
        place=place_in_queue(registration),
        states=RegistrationState,
        button=button,
        errors=errors,
    )
    return _personal(page, status)


def _button(registration: Registration) -> RegistrationButton:
    """A fresh button that remembers which registration its page showed."""
    return RegistrationButton(formdata=None, about=_mark_of(registration))


def _refused_button(registration: Registration) -> Response | None:
    """The page with what is wrong, where the button may not act; None where all is well.

    Another link may have been opened in another tab since, and the browser keeps the last one: what
    was pressed for one registration must never be done to the other.
    """
    pressed = RegistrationButton()
    errors = [] if pressed.validate() else [*pressed.session_errors()]
    if not errors and pressed.about.data not in (None, "", _mark_of(registration)):
        errors = [
            _sl(
                "Since you opened that page, another registration was opened in this browser. "
                "Nothing has been changed. For the other one, please open the link in its mail."
            )
        ]
    if not errors and not pressed.errors:
        return None
    return _show_registration(registration, _button(registration), errors, 422)


def _mark_of(registration: Registration) -> str:
    return keyed_hash("registration-button", registration.subject)


def _no_longer_possible() -> str:
    return _sl(
        "This is no longer possible: the reservation has ended, or the event does not take place. "
        "You can see below how things stand."
    )


def _personal(page: str, status: int = 200) -> Response:
    """A page for one person, which no cache may keep."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response

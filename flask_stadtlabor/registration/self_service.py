"""Self-service by the mailed link: see how things stand, confirm, cancel."""

from __future__ import annotations

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.events.next_step import next_step
from flask_stadtlabor.forms import Button
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.registration import opened as opened_here
from flask_stadtlabor.registration import states
from flask_stadtlabor.registration.answer_forms import AnswerForm, my_consents
from flask_stadtlabor.registration.changing import can_be_changed
from flask_stadtlabor.registration.links import Opened
from flask_stadtlabor.registration.models import RegistrationState
from flask_stadtlabor.registration.opened import (
    button,
    button_problems,
    leave,
    open_token,
    opened,
    opened_registration,
    personal,
)
from flask_stadtlabor.registration.states import NotPossible
from flask_stadtlabor.registration.waiting_list import makes_offers, place_in_queue
from flask_stadtlabor.state import now
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url


def open_link(token: str) -> ResponseReturnValue:
    """Every personal link of a mail: swaps the token for a session (S3)."""
    if not within_limit("link", client_key()):
        abort(429)
    if not open_token(token):
        abort(404)
    return redirect(local_url("registration"), 303)


def show() -> ResponseReturnValue:
    """The state, the next step, the consents."""
    return show_page(opened())


def confirm() -> ResponseReturnValue:
    """The person confirms their address, or takes the seats they were offered."""
    registration = opened_registration()
    event = registration.event
    problems = button_problems(registration.subject)
    if problems:
        return show_page(opened(), problems, 422)
    try:
        commit(lambda: states.confirm(registration))
    except NotPossible:
        # a hold or an offer that is over ends now, and not only when the worker comes by
        commit(lambda: states.end_overdue(event))
        return show_page(opened(), [no_longer_possible()], 409)
    return redirect(local_url("registration"), 303)


def cancel() -> ResponseReturnValue:
    """The person does not come."""
    registration = opened_registration()
    problems = button_problems(registration.subject)
    if problems:
        return show_page(opened(), problems, 422)
    try:
        commit(lambda: states.cancel(registration))
    except NotPossible:
        return show_page(opened(), [no_longer_possible()], 409)
    return redirect(local_url("registration"), 303)


def close() -> ResponseReturnValue:
    """Somebody leaves a computer that others use too; the link in the mail opens it all again."""
    problems = Button().problems()
    if problems:
        return show_page(opened(), problems, 422)
    commit(opened_here.close)
    leave()
    return redirect(local_url("closed"), 303)


def closed() -> ResponseReturnValue:
    """What to say once the pages are closed; it is the same for everybody."""
    return personal(render_template("stadtlabor/registration/closed.html"))


def show_page(
    mine: Opened,
    errors: list[str] | None = None,
    status: int = 200,
    *,
    answered: AnswerForm | None = None,
) -> Response:
    """The front page of self-service, with what went wrong first."""
    registration = mine.registration
    page = render_template(
        "stadtlabor/registration/show.html",
        registration=registration,
        event=registration.event if registration else None,
        step=next_step(registration.event, now()) if registration else None,
        consents=my_consents(mine, answered),
        answered=answered,
        place=place_in_queue(registration) if registration else None,
        states=RegistrationState,
        queue_is_served=makes_offers(registration.event) if registration else False,
        changeable=can_be_changed(registration) if registration else False,
        can_be_cancelled=states.can_be_cancelled(registration) if registration else False,
        was_changed=request.args.get("changed") == "yes" and not errors,
        button=button(mine.subject),
        errors=errors or [],
    )
    return personal(page, status)


def no_longer_possible() -> str:
    """What to tell somebody who came too late."""
    return _sl(
        "This is no longer possible: the reservation has ended, or the event is over or does not "
        "take place. You can see below how things stand."
    )


def too_many_changes() -> str:
    """What to tell somebody who changes things faster than people do (S4)."""
    return _sl("There were very many changes in a short time. Please try again in a few minutes.")

"""Self-service by the mailed link: see how things stand, confirm, cancel."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.next_step import NextStep, next_step
from flask_stadtlabor.events.standing import step_sentence
from flask_stadtlabor.exceptions import LinkUnknown
from flask_stadtlabor.forms import Button
from flask_stadtlabor.i18n import _sl, _sln
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.registration.accounts import signed_in, tie_of
from flask_stadtlabor.registration.allocation.waiting_list import place_in_queue
from flask_stadtlabor.registration.forms.button import button, button_problems
from flask_stadtlabor.registration.forms.consent import AnswerForm, my_consents
from flask_stadtlabor.registration.forms.decision import (
    DecisionForm,
    another_form_came_in,
    decision_form,
)
from flask_stadtlabor.registration.links import LinkAccess
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.models import ACTIVE, Registration, RegistrationState
from flask_stadtlabor.registration.operations import transitions
from flask_stadtlabor.registration.operations.decision import confirm as confirm_as_decided
from flask_stadtlabor.registration.operations.update import can_be_changed
from flask_stadtlabor.registration.refusals import (
    GuardianMissing,
    LaterFormWaits,
    NotPossible,
    NotTaken,
    StillInside,
)
from flask_stadtlabor.registration.retention_periods import postponed_line
from flask_stadtlabor.registration.views import link_session
from flask_stadtlabor.registration.views.link_session import (
    is_sent_by_us_alone,
    leave,
    open_token,
    opened,
    opened_registration,
    personal,
)
from flask_stadtlabor.registration.views.size_refusal import why_not
from flask_stadtlabor.state import now
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def open_link(token: str) -> ResponseReturnValue:
    """Every personal link of a mail: swaps the token for a session (S3)."""
    if not within_limit("link", client_key()):
        abort(429)
    if not open_token(token):
        raise LinkUnknown
    if is_sent_by_us_alone():
        return personal(draw("stadtlabor/registration/opening.html"))
    return see_other("registration")


def show() -> ResponseReturnValue:
    """The state, the next step, the consents."""
    return show_page(opened())


def confirm() -> ResponseReturnValue:
    """The person confirms their address, or takes the seats they were offered."""
    mine, registration = opened(), opened_registration()
    event = registration.event
    problems = button_problems(registration.subject)
    if problems:
        return show_page(opened(), problems, 422)
    form = decision_form(registration, is_sent=True)
    if form is not None and not form.validate():
        return show_page(opened(), list(form.form_problems), 422, decision=form)
    decision = form.decision() if form is not None else None
    try:
        commit(
            lambda: confirm_as_decided(
                lock_registration(registration), decision, method=mine.method
            )
        )
    except LaterFormWaits:
        return show_page(opened(), [another_form_came_in()], 409)
    except StillInside:
        return show_page(opened(), [still_inside()], 409, decision=form)
    except NotTaken as refusal:
        problems = [why_not_larger(refusal.step, registration)]
        return show_page(opened(), problems, 409, decision=form)
    except GuardianMissing:
        return show_page(opened(), [_needs_guardian()], 409, decision=form)
    except NotPossible:
        # a hold or an offer that is over ends now, and not only when the worker comes by
        commit(lambda: transitions.end_overdue(lock_event(event)))
        return show_page(opened(), [no_longer_possible()], 409)
    return see_other("registration")


def cancel() -> ResponseReturnValue:
    """The person does not come."""
    registration = opened_registration()
    problems = button_problems(registration.subject)
    if problems:
        return show_page(opened(), problems, 422)
    try:
        commit(lambda: transitions.cancel(lock_registration(registration)))
    except StillInside:
        return show_page(opened(), [still_inside()], 409)
    except NotPossible:
        return show_page(opened(), [no_longer_possible()], 409)
    return see_other("registration")


def close() -> ResponseReturnValue:
    """Close the session on a shared device; the link in the mail opens it again."""
    problems = Button().problems()
    if problems:
        return show_page(opened(), problems, 422)
    commit(link_session.close)
    leave()
    return see_other("closed")


def closed() -> ResponseReturnValue:
    """What to say once the pages are closed; whoever is signed in is told to sign out as well."""
    is_signed_in = signed_in() is not None
    return personal(draw("stadtlabor/registration/closed.html", is_signed_in=is_signed_in))


def show_page(
    mine: LinkAccess,
    errors: list[str] | None = None,
    status: int = 200,
    *,
    answered: AnswerForm | None = None,
    decision: DecisionForm | None = None,
) -> Response:
    """The front page of self-service, with error messages on top."""
    registration = mine.registration
    if decision is None and registration is not None and registration.state in ACTIVE:
        decision = decision_form(registration)
    step = next_step(registration.event, now()) if registration else None
    actor = signed_in()
    page = draw(
        "stadtlabor/registration/show.html",
        registration=registration,
        event=registration.event if registration else None,
        step=step,
        sentence=step_sentence(registration.event, step) if registration and step else "",
        kept_line=postponed_line(registration.event) if registration else "",
        consents=my_consents(mine, answered, waiting=decision is not None),
        decision=decision,
        answered=answered,
        place=place_in_queue(registration) if registration else None,
        states=RegistrationState,
        queue_is_served=registration is not None and registration.event.makes_offers(now()),
        changeable=can_be_changed(registration) if registration else False,
        can_be_cancelled=transitions.can_be_cancelled(registration) if registration else False,
        is_inside=transitions.is_inside(registration) if registration else False,
        account=actor,
        tie=tie_of(registration, actor) if registration else None,
        from_account=mine.is_account,
        news=request.args.get("now", "") if not errors else "",
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


def still_inside() -> str:
    """The message for somebody who cancels although they are checked in."""
    return _sl(
        "Nothing has been changed, because you have been checked in at the door. If you are not "
        "there or have left, please tell our team at the door: as soon as they take the check-in "
        "back, you can cancel."
    )


def why_not_larger(step: NextStep, registration: Registration) -> str:
    """Why a party cannot be as large as chosen, and what is kept."""
    kept = (
        _sl("Your place on the waiting list stays as it is.")
        if registration.state == RegistrationState.WAITING
        else _sln(
            "%(num)d seat is still kept for you, as in the first form.",
            "%(num)d seats are still kept for you, as in the first form.",
            registration.party_size,
        )
    )
    return f"{why_not(step, registration)} {kept}"


def _needs_guardian() -> str:
    return _sl(
        "Somebody under that age cannot answer alone, and no parent or guardian is named. Nothing "
        "has been changed: please choose the other form, or register anew with their name."
    )


def too_many_changes() -> str:
    """What to tell somebody who changes things faster than people do (S4)."""
    return _sl("There were very many changes in a short time. Please try again in a few minutes.")

"""One registration: all there is to know about it, what staff does for it, and its sheet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.consent.answers.status import statuses
from flask_stadtlabor.consent.models import ActorKind, Method
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.forms import Button
from flask_stadtlabor.i18n import _sl, use_language
from flask_stadtlabor.organise.answers import answers_to
from flask_stadtlabor.organise.forms.cancel import CancelForm, PromoteForm
from flask_stadtlabor.organise.forms.consent import AnswersForm, answers_form
from flask_stadtlabor.organise.queries.notices import notices_of
from flask_stadtlabor.organise.views.at_door import door
from flask_stadtlabor.organise.views.people.staff_messages import words_of
from flask_stadtlabor.organise.views.staff_page import (
    acting,
    button_problems,
    may_bring_link,
    next_page,
    registration_or_404,
    require_for_link,
    staff_page,
)
from flask_stadtlabor.permissions import require
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.allocation.waiting_list import (
    place_in_queue,
    promote_out_of_turn,
)
from flask_stadtlabor.registration.later_forms import is_to_be_chosen
from flask_stadtlabor.registration.locks import Locked, lock_registration
from flask_stadtlabor.registration.models import ACTIVE, PENDING, Registration, RegistrationState
from flask_stadtlabor.registration.operations import restriction, staff, transitions
from flask_stadtlabor.registration.operations.update import can_be_changed
from flask_stadtlabor.registration.refusals import NoSeats, NotPossible, StillInside
from flask_stadtlabor.registration.ticket_codes import readable
from flask_stadtlabor.registration.tickets import ticket_address
from flask_stadtlabor.state import now
from flask_stadtlabor.transactions import commit


def show(event: Event, number: int) -> ResponseReturnValue:
    """The page of one registration."""
    return show_page(event, registration_or_404(event, number))


def confirm(event: Event, number: int) -> ResponseReturnValue:
    """Staff confirms for somebody, or takes an offer for them."""
    by_staff = partial(transitions.confirm, actor=ActorKind.STAFF, method=Method.KIOSK)
    return _act(event, number, by_staff, "confirmed")


def promote(event: Event, number: int) -> ResponseReturnValue:
    """Staff offers seats to a waiting party before its turn, and says why."""
    form = PromoteForm()
    why, by = form.why.data or "", acting()
    by_hand = partial(promote_out_of_turn, reason=why, by=by)
    return _act(event, number, by_hand, "promoted", form)


def cancel(event: Event, number: int) -> ResponseReturnValue:
    """Staff cancels for somebody, who is told why: their seats go to those who wait."""
    form = CancelForm()
    by_staff = partial(transitions.cancel, by_staff=True, reason=form.reason.data or "")
    return _act(event, number, by_staff, "cancelled", form)


def restrict(event: Event, number: int) -> ResponseReturnValue:
    """Staff restricts the processing at somebody's request (Art. 18 GDPR)."""
    return _act(event, number, restriction.restrict, "restricted")


def lift_restriction(event: Event, number: int) -> ResponseReturnValue:
    """Staff lifts that again."""
    return _act(event, number, restriction.lift, "lifted")


def sheet(event: Event, number: int) -> ResponseReturnValue:
    """A sheet to print, in the person's language: ticket, personal link and answers.

    Made by a button, because it holds a fresh link of which we keep the hash alone (S3). It tells
    all that the registration's page does, and so takes the right to read that.
    """
    require(Action.SEE_REGISTRATIONS, event)
    registration = registration_or_404(event, number)
    require_for_link(event, registration)
    problems = button_problems()
    if problems:
        return show_page(event, registration, problems=problems, status=422)
    link = commit(lambda: staff.fresh_link(lock_registration(registration)))
    registration = registration_or_404(event, number)
    with use_language(registration.language):
        return staff_page(
            "sheet.html",
            event=event,
            registration=registration,
            link=link,
            ticket=ticket_address(registration),
            code=readable(registration.ticket_code),
            consents=statuses(registration.subject),
            states=RegistrationState,
        )


def _act(
    event: Event,
    number: int,
    change: Callable[[Locked], None],
    news: str,
    form: Button | None = None,
) -> ResponseReturnValue:
    registration = registration_or_404(event, number)
    problems = (form or Button()).problems()
    if problems:
        sent = form if isinstance(form, CancelForm) else None
        chosen = form if isinstance(form, PromoteForm) else None
        return show_page(
            event,
            registration,
            cancel_form=sent,
            promote_form=chosen,
            problems=problems,
            status=422,
        )
    try:
        commit(lambda: change(lock_registration(registration)))
    except StillInside:
        registration = registration_or_404(event, number)
        return show_page(event, registration, problems=[still_inside()], status=409)
    except NoSeats:
        registration = registration_or_404(event, number)
        problem = _sl("There are not enough free seats for this party.")
        return show_page(event, registration, problems=[problem], status=409)
    except NotPossible:
        commit(lambda: transitions.end_overdue(lock_event(event)))
        problem = _sl("This is no longer possible. You can see below how things stand now.")
        registration = registration_or_404(event, number)
        return show_page(event, registration, problems=[problem], status=409)
    return redirect(next_page(event, number, news), 303)


def still_inside() -> str:
    """What to tell staff of a party that is inside, in a sentence."""
    return _sl(
        "Nothing has been changed, because the party is inside. Take its arrival back at the door "
        "first."
    )


def show_page(
    event: Event,
    registration: Registration,
    *,
    form: AnswersForm | None = None,
    cancel_form: CancelForm | None = None,
    promote_form: PromoteForm | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> Response:
    """The page of one registration, with what went wrong first.

    Somebody may be allowed to press a button of the page but not to read it (S12).
    """
    require(Action.SEE_REGISTRATIONS, event)
    purposes = current_texts(event.purposes)
    consents = statuses(registration.subject)
    notices = notices_of(registration)
    return staff_page(
        "registration.html",
        status,
        event=event,
        registration=registration,
        answers=answers_to(purposes, consents),
        cancel_form=cancel_form or CancelForm(formdata=None),
        promote_form=promote_form or PromoteForm(formdata=None),
        can_be_promoted=registration.state == RegistrationState.WAITING
        and event.makes_offers(now()),
        form=form or answers_form(purposes, consents, method=session.get(door.METHOD)),
        place=place_in_queue(registration),
        notices=[
            (notice, words_of(notice, registration, consents), is_overtaken)
            for notice, is_overtaken in notices
        ],
        refuses_mail=any(n.refused_address == registration.email for n, _ in notices)
        and registration.email is not None,
        may_bring_link=may_bring_link(event, registration),
        is_active=registration.state in ACTIVE,
        can_be_changed=can_be_changed(registration),
        later_form_waits=registration.checked_in_at is None and is_to_be_chosen(registration),
        is_inside=registration.state in ACTIVE and transitions.is_inside(registration),
        can_be_cancelled=transitions.can_be_cancelled(registration),
        can_be_confirmed=registration.state in PENDING,
        code=readable(registration.ticket_code),
        problems=problems or [],
        news=request.args.get("now", ""),
    )

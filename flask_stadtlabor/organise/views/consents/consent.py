"""Staff asks for consent and writes the answer down, at the door or at a desk."""

from __future__ import annotations

from flask import redirect, session
from flask.typing import ResponseReturnValue

from flask_stadtlabor.consent.answers.operations import AnsweredSince
from flask_stadtlabor.consent.answers.status import statuses
from flask_stadtlabor.consent.models import Method
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.forms.consent import answers_form
from flask_stadtlabor.organise.views.at_door import door
from flask_stadtlabor.organise.views.people import registrations
from flask_stadtlabor.organise.views.staff_page import registration_or_404
from flask_stadtlabor.permissions import allowed
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration import later_forms
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.operations import staff
from flask_stadtlabor.registration.refusals import LaterFormWaits, NotPossible
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def answer(event: Event, number: int) -> ResponseReturnValue:
    """Somebody's answers to the consent questions, on paper or on staff's screen."""
    registration = registration_or_404(event, number)
    form = answers_form(current_texts(event.purposes), is_sent=True)
    at_door = form.back.data == "door" or not allowed(Action.SEE_REGISTRATIONS, event)
    show = door.show_card if at_door else registrations.show_page
    if not form.validate():
        return show(event, registration, form=form, status=422)
    choices, method = form.choices(), Method(form.method.data)
    session[door.METHOD] = method.value
    seen = form.latest_seen
    try:
        commit(
            lambda: staff.record_answers(
                lock_registration(registration), choices, seen=seen, method=method
            )
        )
    except AnsweredSince:
        registration = registration_or_404(event, number)
        form.see(statuses(registration.subject))
        form.form_problems = [_said_no_since()]
        return show(event, registration, form=form, status=409)
    except NotPossible:
        form.form_problems = [_has_ended()]
        registration = registration_or_404(event, number)
        return show(event, registration, form=form, status=409)
    except LaterFormWaits:
        form.form_problems = [_later_form_waits()]
        registration = registration_or_404(event, number)
        is_choice = later_forms.found_differences(registration).is_choice
        if registration.checked_in_at is not None or not is_choice:
            # a checked-in person is asked by staff; a later form that a stranger sent must not
            # block that
            commit(lambda: later_forms.settle(lock_registration(registration)))
            registration = registration_or_404(event, number)
            form.see(statuses(registration.subject))
            form.form_problems = [_further_form_is_settled()]
        return show(event, registration, form=form, status=409)
    if at_door:
        return redirect(door.card_url(event, number, now="answered"), 303)
    return see_other("organise_registration", slug=event.slug, number=number)


def _has_ended() -> str:
    return _sl(
        "This registration has ended, so nobody can say yes in it any more. Nothing has been "
        "recorded. A no can still be written down."
    )


def _later_form_waits() -> str:
    return _sl(
        "A further form came in that says something else, and this person has yet to choose. "
        "Nothing has been recorded: let them use the link in their mail, or confirm for them or "
        "check them in first."
    )


def _further_form_is_settled() -> str:
    return _sl(
        "A further form has come in. Where it says no, that counts now; nothing else of it does. "
        "Please ask once more, and send the form again if the answer is still yes."
    )


def _said_no_since() -> str:
    return _sl(
        "The person said no after you had opened this page. Nothing has been recorded. Please ask "
        "once more, and send the form again if the answer is still yes."
    )

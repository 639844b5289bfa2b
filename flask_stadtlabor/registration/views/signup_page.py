"""The page with the registration form: empty and the same for everybody, or filled and shown again.

An empty form is made once, like the public pages, and kept without what belongs to one visitor: the
token against forged requests and the time at which it was shown. Those are filled in for each.
"""

from __future__ import annotations

from typing import Any

from flask import render_template
from werkzeug.wrappers import Response

from flask_stadtlabor.caching import entity_tag
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import NextStep, Step, next_step, next_turn
from flask_stadtlabor.events.page_cache import (
    Dependencies,
    assemble,
    is_ours,
    keep_page,
    render_pieces,
)
from flask_stadtlabor.events.queries import EventProbe
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.ports import KeptPage
from flask_stadtlabor.registration.forms.protection import SafeguardedForm
from flask_stadtlabor.registration.forms.signup import RegistrationForm, registration_form
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.state import now

TEMPLATE = "stadtlabor/registration/register.html"


def kept_form(page: KeptPage) -> Response:
    """The empty form as somebody else got it before."""
    return personal(str(assemble(page.pieces, _marks())))


def empty_form(probe: EventProbe) -> Response:
    """The form of an event for somebody who opens it, kept for the next."""
    event, step = probe.event, next_step(probe.event, now())
    texts = current_texts(event.purposes)
    if not is_ours(TEMPLATE):
        form = registration_form(event, texts, formdata=None)
        return personal(render_template(TEMPLATE, **_values(event, form, step, _why_not(step))))
    form = registration_form(
        event, texts, formdata=None, meta={"csrf": False, "is_for_everybody": True}
    )
    pieces = render_pieces(TEMPLATE, _values(event, form, step, _why_not(step)))
    basis = Dependencies(
        revision=probe.revision,
        changed_at=probe.changed_at,
        shown=[event],
        until=next_turn(event, now()),
    )
    keep_page(entity_tag((probe.revision,)), basis, pieces)
    return personal(str(assemble(pieces, _marks())))


def form_again(event: Event, form: RegistrationForm, step: NextStep, status: int) -> Response:
    """The form with all that was typed, and what is wrong with it."""
    problem = _why_not(step) if status == 409 else None
    return personal(render_template(TEMPLATE, **_values(event, form, step, problem)), status)


def _marks() -> str:
    """The hidden fields that are this visitor's alone."""
    form = SafeguardedForm(formdata=None)
    form.mark()
    return str(form.hidden_tag())


def _values(
    event: Event, form: RegistrationForm, step: NextStep, problem: str | None
) -> dict[str, Any]:
    return {
        "event": event,
        "form": form,
        "step": step,
        "problem": problem,
        "purposes": list(form.consent_fields()),
        "privacy": form.privacy_notice(),
    }


def _why_not(step: NextStep) -> str | None:
    """Why no registration is taken, and what is left to do; None while some are."""
    if step.party_is_too_large:
        return _sl(
            "There are not enough seats for so many people at the moment. "
            "Please register a smaller group."
        )
    return {
        Step.OPENS_LATER: _sl("Registration has not opened yet."),
        Step.FULL: _sl("All seats are taken, and there is no waiting list."),
        Step.CLOSED: _sl("Registration for this event has closed."),
        Step.OVER: _sl("This event is over."),
        Step.CANCELLED: _sl("This event has been cancelled."),
        Step.POSTPONED: _sl("This event has been postponed. The new date is not known yet."),
    }.get(step.step)

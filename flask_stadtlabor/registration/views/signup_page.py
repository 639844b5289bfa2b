"""The registration form's page: empty and cached for everybody, or filled in for one person.

An empty form is made once, like the public pages, and kept without what belongs to one visitor: the
token against forged requests and the time at which it was shown. Those are filled in for each.
A form with somebody's details, from their account or because it is shown again, is drawn for them
alone and never comes near the cache.
"""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from flask_stadtlabor.caching import entity_tag
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import NextStep, next_step, next_turn, phase_of
from flask_stadtlabor.events.page_cache import Dependencies, keep_page
from flask_stadtlabor.events.standing import Standing
from flask_stadtlabor.ports import Actor, KeptPage
from flask_stadtlabor.registration.accounts import signed_in
from flask_stadtlabor.registration.forms.protection import SafeguardedForm
from flask_stadtlabor.registration.forms.signup import (
    RegistrationForm,
    details_of,
    registration_form,
)
from flask_stadtlabor.registration.views.form_content import FormContent
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.state import now
from flask_stadtlabor.templating import assemble, draw, draw_pieces, is_ours

TEMPLATE = "stadtlabor/registration/register.html"


def kept_form(page: KeptPage) -> Response:
    """The empty form from the cache."""
    return personal(str(assemble(page.pieces, _marks())))


def empty_form(content: FormContent) -> Response:
    """The form of an event for somebody who opens it, kept for the next."""
    event, texts, revision = content.event, content.texts, content.revision
    step = next_step(event, now())
    if not is_ours(TEMPLATE):
        form = registration_form(event, texts, revision, formdata=None)
        return personal(draw(TEMPLATE, **_values(event, form, step)))
    form = registration_form(
        event,
        texts,
        revision,
        formdata=None,
        meta={"csrf": False, "is_for_everybody": True},
    )
    pieces = draw_pieces(TEMPLATE, _values(event, form, step))
    basis = Dependencies(
        revision=revision,
        changed_at=content.changed_at,
        shown=[event],
        until=next_turn(event, now()),
    )
    keep_page(entity_tag((revision,)), basis, pieces)
    return personal(str(assemble(pieces, _marks())))


def filled_form(content: FormContent, actor: Actor) -> Response:
    """The form with what the host knows of whoever is signed in."""
    event = content.event
    form = registration_form(
        event, content.texts, content.revision, formdata=None, data=details_of(actor)
    )
    values = _values(event, form, next_step(event, now()), actor)
    return personal(draw(TEMPLATE, **values, is_filled=True))


def form_again(event: Event, form: RegistrationForm, step: NextStep, status: int) -> Response:
    """The form with all that was typed, and what is wrong with it."""
    values = _values(event, form, step, signed_in()) | {"is_refused": status == 409}
    return personal(draw(TEMPLATE, **values), status)


def _marks() -> str:
    """The hidden fields that are this visitor's alone."""
    form = SafeguardedForm(formdata=None)
    form.mark()
    return str(form.hidden_tag())


def _values(
    event: Event, form: RegistrationForm, step: NextStep, actor: Actor | None = None
) -> dict[str, Any]:
    """What the template is drawn from; for the cache, nothing of an ``actor``."""
    standing = Standing(event, phase_of(event, now()), step)
    return {
        "event": event,
        "form": form,
        "step": step,
        "standing": standing,
        "sentence": standing.sentence,
        "purposes": list(form.consent_fields()),
        "privacy": form.privacy_notice(),
        "account": actor,
    }

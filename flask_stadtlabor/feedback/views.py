"""The public page of the survey; whoever has its address may answer."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.events.feedback_window import asks_feedback, closes_at
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.queries import find_event
from flask_stadtlabor.feedback.forms import FeedbackForm
from flask_stadtlabor.feedback.operations import write_down
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.state import now
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def give(slug: str) -> ResponseReturnValue:
    """The survey of an event that is over; no answer is taken before or afterwards."""
    event = _event_or_404(slug)
    form = FeedbackForm()
    if not asks_feedback(event, now()):
        page = draw("stadtlabor/feedback/closed.html", event=event, is_ahead=now() < event.ends_at)
        return personal(page, 409 if form.is_submitted() else 200)
    if not form.is_submitted():
        return _show(event, form, 200)
    if not form.validate():
        return _show(event, form, 422)
    if not within_limit("link", client_key()):
        form.form_problems = [
            _sl("Very many answers came in a short time. Please try again in a few minutes.")
        ]
        return _show(event, form, 429)
    answer = form.answer()
    commit(lambda: write_down(event, answer))
    return see_other("feedback_thanks", slug=slug)


def thanks(slug: str) -> ResponseReturnValue:
    """What becomes of the answer."""
    return personal(draw("stadtlabor/feedback/thanks.html", event=_event_or_404(slug)))


def _event_or_404(slug: str) -> Event:
    event = find_event(slug)
    if event is None or not event.is_public or event.feedback is None:
        abort(404)
    return event


def _show(event: Event, form: FeedbackForm, status: int) -> Response:
    form.mark()
    page = draw("stadtlabor/feedback/form.html", event=event, form=form, closes_at=closes_at(event))
    return personal(page, status)

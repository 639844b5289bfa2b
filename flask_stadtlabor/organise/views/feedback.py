"""What people said about an event, and the way to the survey for its last slide."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from flask_stadtlabor.events.feedback_window import asks_feedback, closes_at
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.feedback.queries import MOST_TEXTS, summary_of, words_of
from flask_stadtlabor.organise import charts
from flask_stadtlabor.organise.views.staff_page import staff_page
from flask_stadtlabor.state import now
from flask_stadtlabor.urls import absolute_url


def show(event: Event) -> ResponseReturnValue:
    """Ratings as pictures, texts as text, and the address as a QR code."""
    summary = summary_of(event)
    found = words_of(event)
    shown = [charts.ratings(summary)] if summary.total else []
    if any(summary.by_accessible.values()):
        shown.append(charts.accessible(summary))
    return staff_page(
        "feedback.html",
        event=event,
        summary=summary,
        pictures=shown,
        good=[each.good for each in found if each.good],
        change=[each.change for each in found if each.change],
        is_cut=len(found) == MOST_TEXTS,
        address=absolute_url("feedback", slug=event.slug),
        closes_at=closes_at(event),
        is_open=asks_feedback(event, now()),
    )

"""What was published of an event, recorded by staff so that it can be found again (C10)."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask import abort
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.consent.follow_up import publications
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.organise.forms.publications import PublicationForm, publication_form
from flask_stadtlabor.organise.views.staff_page import (
    button_problems,
    is_number,
    staff_name,
    staff_page,
)
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def show(event: Event) -> ResponseReturnValue:
    """What was published of an event, and a form to add to it."""
    return _show_page(event, publication_form(event))


def record(event: Event) -> ResponseReturnValue:
    """Note that something was published."""
    form = publication_form(event)
    if not form.validate():
        return _show_page(event, form, status=422)
    context, name = event.uid, staff_name()
    purpose, place, day = (
        str(field.data) for field in (form.purpose, form.place, form.published_on)
    )
    published_at = _noon(day, event.zone)
    commit(
        lambda: publications.record_publication(
            context, purpose, place=place, published_at=published_at, recorded_by=name
        )
    )
    return see_other("publications", slug=event.slug)


def mark_taken_down(event: Event, number: int) -> ResponseReturnValue:
    """Note that a publication is no longer there."""
    found = publications.find_publication(event.uid, number) if is_number(number) else None
    if found is None:
        abort(404)
    problems = button_problems()
    if problems:
        return _show_page(event, publication_form(event, empty=True), problems, 422)
    commit(lambda: publications.take_down(found))
    return see_other("publications", slug=event.slug)


def _show_page(
    event: Event, form: PublicationForm, problems: list[str] | None = None, status: int = 200
) -> Response:
    return staff_page(
        "publications.html",
        status,
        event=event,
        form=form,
        published=publications.publications_of([event.uid]),
        purposes={texts.slug: texts for texts in current_texts(event.purposes)},
        problems=problems or [],
    )


def _noon(day: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), zone)

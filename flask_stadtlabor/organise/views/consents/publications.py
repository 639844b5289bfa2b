"""What was published of an event, recorded by staff so that it can be found again (C10)."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask import abort
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.consent.follow_up import publications
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.editor.withdrawing import withdraw
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exceptions import NotAllowed
from flask_stadtlabor.organise.forms.publications import PublicationForm, publication_form
from flask_stadtlabor.organise.views.consents import published_pictures
from flask_stadtlabor.organise.views.staff_page import (
    acting,
    button_problems,
    is_number,
    staff_page,
)
from flask_stadtlabor.pictures.storage import remove_files
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def show(event: Event) -> ResponseReturnValue:
    """What was published of an event, and a form to add to it."""
    return _show_page(event, publication_form(event, published_pictures.offered()))


def record(event: Event) -> ResponseReturnValue:
    """Note that something was published."""
    pictures = published_pictures.offered()
    form = publication_form(event, pictures)
    if not form.validate():
        return _show_page(event, form, status=422)
    context, by = event.uid, acting()
    purpose, place, day = (
        str(field.data) for field in (form.purpose, form.place, form.published_on)
    )
    published_at = _noon(day, event.zone)
    named = next((each.uploaded for each in pictures if str(each.id) == form.picture.data), None)
    commit(
        lambda: publications.record_publication(
            context,
            purpose,
            place=place or (named.absolute_url if named else ""),
            published_at=published_at,
            by=by,
            picture=named.name if named else None,
        )
    )
    return see_other("publications", slug=event.slug)


def mark_taken_down(event: Event, number: int) -> ResponseReturnValue:
    """Note that a publication is no longer there; a picture of the portal is withdrawn by that."""
    found = publications.find_publication(event.uid, number) if is_number(number) else None
    if found is None:
        abort(404)
    problems = button_problems()
    if problems:
        form = publication_form(event, published_pictures.offered(), empty=True)
        return _show_page(event, form, problems, 422)
    shown = list(published_pictures.pictures_of([found]).values())
    if len(published_pictures.withdrawable(shown)) < len(shown):
        raise NotAllowed
    by, gone = acting(), [each.picture.uploaded for each in shown]

    def work() -> None:
        for picture in gone:
            withdraw(picture, by)
        publications.take_down(found)

    commit(work)
    for picture in gone:
        remove_files(picture)
    return see_other("publications", slug=event.slug)


def _show_page(
    event: Event, form: PublicationForm, problems: list[str] | None = None, status: int = 200
) -> Response:
    published = publications.publications_of([event.uid])
    pictures = published_pictures.pictures_of(published)
    return staff_page(
        "publications.html",
        status,
        event=event,
        form=form,
        published=published,
        pictures=pictures,
        withdrawable=published_pictures.withdrawable(pictures.values()),
        purposes={texts.slug: texts for texts in current_texts(event.purposes)},
        problems=problems or [],
    )


def _noon(day: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), zone)

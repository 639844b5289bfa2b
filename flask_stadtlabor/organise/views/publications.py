"""What was published of an event, recorded by staff so that it can be found again (C10)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response
from wtforms import DateField, StringField, ValidationError
from wtforms.fields import Field

from flask_stadtlabor.consent.follow_up import publications
from flask_stadtlabor.consent.models import Mode
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.form_fields import OneOf, PlainText, Required, stripped
from flask_stadtlabor.forms import Form
from flask_stadtlabor.i18n import _sl, lazy, marked
from flask_stadtlabor.organise.views.staff_page import (
    button_problems,
    is_number,
    staff_name,
    staff_page,
)
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other

LONGEST_PLACE = 2000


class DayField(DateField):
    """A day; what is none is answered in our words rather than in those of WTForms."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Raises ``ValueError`` with the sentence for whoever typed it."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_sl("Enter the day.")) from None


class PublicationForm(Form):
    """Something that was published: where, under which purpose, on which day."""

    purpose = OneOf(
        lazy("Under which purpose?"),
        choices=(),
        validators=[Required(lazy("Please choose the purpose."))],
    )
    place = StringField(
        lazy("Where is it?"),
        filters=[stripped],
        validators=[Required(lazy("Enter where it is.")), PlainText(LONGEST_PLACE)],
    )
    published_on = DayField(lazy("Published on"), validators=[Required(lazy("Enter the day."))])

    def validate_published_on(self, field: Field) -> None:
        """Raises ``ValidationError`` for a day that is yet to come."""
        today = now().astimezone(ZoneInfo(settings().timezone)).date()
        if field.data is not None and field.data > today:
            raise ValidationError(_sl("This day is yet to come."))


def show(event: Event) -> ResponseReturnValue:
    """What was published of an event, and a form to add to it."""
    return _show_page(event, _publication_form(event))


def record(event: Event) -> ResponseReturnValue:
    """Note that something was published."""
    form = _publication_form(event)
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
        return _show_page(event, _publication_form(event, empty=True), problems, 422)
    commit(lambda: publications.take_down(found))
    return see_other("publications", slug=event.slug)


def _publication_form(event: Event, *, empty: bool = False) -> PublicationForm:
    form = PublicationForm(formdata=None) if empty else PublicationForm()
    form.purpose.choices = [
        (purpose.slug, marked(purpose.title))
        for purpose in current_texts(event.purposes)
        if purpose.mode == Mode.CONSENT
    ]
    return form


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

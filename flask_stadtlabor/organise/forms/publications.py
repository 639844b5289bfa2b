"""The form in which staff records what was published of an event."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from wtforms import DateField, StringField, ValidationError
from wtforms.fields import Field

from flask_stadtlabor.consent.models import Mode
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.form_fields import OneOf, PlainText, Required, stripped
from flask_stadtlabor.forms import Form
from flask_stadtlabor.i18n import _sl, lazy, marked
from flask_stadtlabor.state import now, settings

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


def publication_form(event: Event, *, empty: bool = False) -> PublicationForm:
    """The form for ``event``, filled with what was posted unless it is to be ``empty``."""
    form = PublicationForm(formdata=None) if empty else PublicationForm()
    form.purpose.choices = [
        (purpose.slug, marked(purpose.title))
        for purpose in current_texts(event.purposes)
        if purpose.mode == Mode.CONSENT
    ]
    return form

"""The forms in which staff records what was published of an event, and has it taken down."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import DateField, StringField, ValidationError
from wtforms.fields import Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from flask_stadtlabor.consent.models import Mode, Publication
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.dates import format_short_day
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.form_fields import OneOf, OneOfList, PlainText, Required, stripped
from flask_stadtlabor.forms import Button, Form
from flask_stadtlabor.i18n import _sl, lazy, marked, words
from flask_stadtlabor.pictures.models import Picture
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

    def pre_validate(self, form: BaseForm) -> None:
        """Raises ``StopValidation`` where that was said: being empty is not said once more."""
        if self.process_errors:
            raise StopValidation


class PublicationForm(Form):
    """Something that was published: where, under which purpose, on which day."""

    purpose = OneOf(
        lazy("Under which purpose?"),
        choices=(),
        validators=[Required(lazy("Please choose the purpose."))],
    )
    picture = OneOfList(lazy("Is it an uploaded picture of the portal?"), choices=())
    place = StringField(
        lazy("Where is it?"), filters=[stripped], validators=[PlainText(LONGEST_PLACE)]
    )
    published_on = DayField(lazy("Published on"), validators=[Required(lazy("Enter the day."))])

    def validate_published_on(self, field: Field) -> None:
        """Raises ``ValidationError`` for a day that is yet to come."""
        today = now().astimezone(ZoneInfo(settings().timezone)).date()
        if field.data is not None and field.data > today:
            raise ValidationError(_sl("This day is yet to come."))

    def validate_place(self, field: Field) -> None:
        """Raises ``ValidationError`` where nothing says what was published."""
        if not field.data and not self.picture.data:
            raise ValidationError(_sl("Enter where it is."))


SHOWS_THEM = "yes"


class FinishForm(Button):
    """Ticks a take-down task off; asks of each picture of the portal whether it shows the person.

    One that does is withdrawn. Made by :func:`finish_form`.
    """

    withdrawable: Collection[str] = ()
    asked: tuple[Publication, ...] = ()

    def questions(self) -> list[tuple[Publication, OneOf]]:
        """The pictures with the field of each."""
        return [(each, self[_name_of(each)]) for each in self.asked]

    def withdrawn(self) -> list[str]:
        """The names of the pictures that are to go."""
        return [str(each.picture) for each, field in self.questions() if field.data == SHOWS_THEM]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether each question has an answer that this member of staff may give."""
        valid = super().validate(extra_validators)
        for each, field in self.questions():
            if field.data == SHOWS_THEM and each.picture not in self.withdrawable:
                sentence = _sl(
                    "This picture also stands with events that you do not work on. Ask somebody "
                    "who looks after the pictures to withdraw it."
                )
                field.errors = [*field.errors, sentence]
                valid = False
        return valid

    def problems(self) -> list[str]:
        """Why nothing was done, in sentences beside those at the fields; none where all is well."""
        if self.validate():
            return []
        at_fields = any(field.errors for _, field in self.questions())
        return [*self.session_errors()] if at_fields else super().problems()


def finish_form(
    task: int,
    published: Iterable[Publication],
    withdrawable: Collection[str],
    *,
    empty: bool = True,
) -> FinishForm:
    """The form of the task with this number, about what was ``published`` and is still there.

    ``withdrawable`` are the names of the pictures that this member of staff may withdraw.
    """
    asked = tuple(each for each in published if each.picture and not each.taken_down_at)
    fields: dict[str, Any] = {
        _name_of(each): OneOf(
            lazy("Does this picture show them?"),
            choices=[
                (SHOWS_THEM, lazy("Yes: withdraw it from every event")),
                ("no", lazy("No: it can stay")),
            ],
            validators=[Required(lazy("Say of each picture whether it shows them."))],
            id=f"sl-task-{task}-picture-{each.id}",
        )
        for each in asked
    }
    own = {"asked": asked, "withdrawable": withdrawable}
    form: FinishForm = type("FinishThisTask", (FinishForm,), fields | own)(
        **({"formdata": None} if empty else {})
    )
    return form


def _name_of(publication: Publication) -> str:
    return f"picture-{publication.id}"


def publication_form(
    event: Event, pictures: Sequence[Picture], *, empty: bool = False
) -> PublicationForm:
    """The form for ``event``, filled with what was posted unless it is to be ``empty``.

    ``pictures`` are those that can be named.
    """
    form = PublicationForm(formdata=None) if empty else PublicationForm()
    form.purpose.choices = [
        (purpose.slug, marked(purpose.title))
        for purpose in current_texts(event.purposes)
        if purpose.mode == Mode.CONSENT
    ]
    form.picture.choices = [
        ("", _sl("No, or not one of these")),
        *((str(picture.id), _named(picture)) for picture in pictures),
    ]
    return form


def _named(picture: Picture) -> str:
    said = words(picture.alt) or _sl("Picture %(number)d", number=picture.id)
    day = format_short_day(picture.uploaded_at, settings().timezone)
    return _sl("%(picture)s, uploaded on %(day)s", picture=said, day=day)

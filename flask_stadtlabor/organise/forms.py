"""The small forms of the door, and what staff writes about somebody."""

from __future__ import annotations

from datetime import UTC, datetime

from wtforms import Field, HiddenField, StringField, ValidationError

from flask_stadtlabor.forms import Button, Form
from flask_stadtlabor.i18n import lazy
from flask_stadtlabor.registration.check_in import LONGEST_DOOR
from flask_stadtlabor.registration.fields import LONGEST_NAME, PlainText, Required, stripped
from flask_stadtlabor.registration.models import Registration

BY_HAND = {"autocomplete": "off"}
"""No browser of staff fills staff's own name in."""


class StaffPersonForm(Form):
    """Who somebody is, as staff writes it down for them."""

    given_name = StringField(
        lazy("First name"),
        filters=[stripped],
        validators=[Required(lazy("Please write the first name.")), PlainText(LONGEST_NAME)],
        render_kw=BY_HAND,
    )
    family_name = StringField(
        lazy("Last name"),
        filters=[stripped],
        validators=[Required(lazy("Please write the last name.")), PlainText(LONGEST_NAME)],
        render_kw=BY_HAND,
    )
    reach = StringField(
        lazy("How can we reach this person?"),
        filters=[stripped],
        validators=[PlainText(LONGEST_NAME)],
        render_kw=BY_HAND,
    )


class DoorForm(Form):
    """Which door this browser stands at."""

    door = StringField(
        lazy("Name of this door"),
        filters=[stripped],
        validators=[PlainText(LONGEST_DOOR)],
        render_kw=BY_HAND,
    )


class UndoButton(Button):
    """Takes back the arrival that the page showed, and no later one."""

    shown = HiddenField()
    """The moment of that arrival, in seconds since 1970."""

    @classmethod
    def of(cls, registration: Registration) -> UndoButton:
        """The button for a party that has arrived."""
        at = registration.checked_in_at
        return cls(formdata=None, shown=int(at.timestamp()) if at else "")

    def validate_shown(self, field: Field) -> None:
        """Raises ``ValidationError`` for what no page of ours sends."""
        if self.arrived_at is None:
            raise ValidationError

    @property
    def arrived_at(self) -> datetime | None:
        """The arrival that the page showed; None for what no page of ours sends."""
        text = self.shown.data or ""
        if not (text.isascii() and text.isdecimal() and len(text) <= 10):
            return None
        return datetime.fromtimestamp(int(text), UTC)

"""The small forms of the door, and what staff writes about somebody."""

from __future__ import annotations

from datetime import UTC, datetime

from wtforms import Field, HiddenField, StringField, ValidationError

from flask_stadtlabor.form_fields import (
    LONGEST_NAME,
    AddressField,
    PartySizeField,
    PlainText,
    Required,
    stripped,
)
from flask_stadtlabor.forms import Button, Form
from flask_stadtlabor.i18n import _sln, lazy
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.operations.check_in import LONGEST_DOOR

BY_HAND = {"autocomplete": "off"}
"""Turns off autofill, so that a browser does not fill in the staff member's own name."""


class StaffPersonForm(Form):
    """Who somebody is, as staff writes it down for them."""

    given_name = StringField(
        lazy("First name"),
        filters=[stripped],
        validators=[Required(lazy("Enter the first name.")), PlainText(LONGEST_NAME)],
        render_kw=BY_HAND,
    )
    family_name = StringField(
        lazy("Last name"),
        filters=[stripped],
        validators=[PlainText(LONGEST_NAME)],
        render_kw=BY_HAND,
    )
    email = AddressField(lazy("E-mail address"), render_kw=BY_HAND)
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


class PartyButton(Button):
    """A button of the door, which says how many of the party were inside when it was shown."""

    seen = HiddenField()

    @classmethod
    def of(cls, registration: Registration) -> PartyButton:
        """The button for a party as it is now."""
        return cls(formdata=None, seen=registration.arrived)

    def validate_seen(self, field: Field) -> None:
        """Raises ``ValidationError`` for what no page of ours sends."""
        if field.data and number_in(field.data) is None:
            raise ValidationError

    @property
    def people_seen(self) -> int:
        """How many were inside by the page."""
        return number_in(self.seen.data or "") or 0


class ArriveForm(PartyButton):
    """Lets people of a party in: all who are missing, where nobody says how many came."""

    people = PartySizeField(
        lazy("How many of them have come?"), render_kw={"min": 1, "inputmode": "numeric"}
    )
    missing: int

    @classmethod
    def for_party(cls, registration: Registration, *, is_sent: bool = False) -> ArriveForm:
        """The form as it was sent, or fresh, with all who are missing."""
        missing = registration.party_size - registration.arrived
        shown = {"seen": registration.arrived, "people": missing}
        form = cls() if is_sent else cls(formdata=None, **shown)
        form.missing = missing
        return form

    def validate_people(self, field: Field) -> None:
        """Raises ``ValidationError`` for a number below one or above the party's missing people."""
        if field.data is not None and not 1 <= field.data <= max(self.missing, 1):
            raise ValidationError(
                _sln(
                    "Only one person of this party is missing.",
                    "Enter how many have come: from 1 to %(num)d people are missing.",
                    max(self.missing, 1),
                )
            )

    def problems(self) -> list[str]:
        """Why nobody may come in, in sentences; none where all is well."""
        if self.validate():
            return []
        return [*self.session_errors(), *self.people.errors] or super().problems()


class UndoButton(PartyButton):
    """Takes back the arrival that the page showed, and no later one."""

    shown = HiddenField()
    """The moment of that arrival, in seconds since 1970."""

    @classmethod
    def of(cls, registration: Registration) -> UndoButton:
        """The button for a party that has arrived."""
        at = registration.checked_in_at
        shown = int(at.timestamp()) if at else ""
        return cls(formdata=None, shown=shown, seen=registration.arrived)

    def validate_shown(self, field: Field) -> None:
        """Raises ``ValidationError`` for what no page of ours sends."""
        if self.arrived_at is None:
            raise ValidationError

    @property
    def arrived_at(self) -> datetime | None:
        """The arrival that the page showed; None for what no page of ours sends."""
        seconds = number_in(self.shown.data or "")
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def number_in(text: str) -> int | None:
    """The number that a hidden field holds; None for what no page of ours sends."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else None

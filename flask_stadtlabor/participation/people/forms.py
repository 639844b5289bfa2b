"""What every form asks in which somebody writes something, and the settings of their page."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, StringField, ValidationError

from flask_stadtlabor.config import Rate
from flask_stadtlabor.form_fields import AddressField, MarkField, PlainText, Required, stripped
from flask_stadtlabor.forms import Button, Form
from flask_stadtlabor.i18n import _sl, lazy
from flask_stadtlabor.participation.people.current import Identity
from flask_stadtlabor.participation.people.models import LONGEST_PUBLIC_NAME
from flask_stadtlabor.participation.people.writing import Signature
from flask_stadtlabor.registration.forms.protection import SafeguardedForm
from flask_stadtlabor.registration.mails.share import exceeded_share


def _public_name() -> StringField:
    """The field for the name that everybody sees."""
    return StringField(
        lazy("Your name, as everybody sees it"),
        filters=[stripped],
        validators=[PlainText(LONGEST_PUBLIC_NAME), _is_no_address],
        render_kw={"autocomplete": "nickname", "maxlength": LONGEST_PUBLIC_NAME},
    )


def _is_no_address(form: Form, field: StringField) -> None:
    if "@" in (field.data or ""):
        raise ValidationError(_sl("Choose a name and no e-mail address: everybody reads it."))


class WriterForm(SafeguardedForm):
    """Base of forms for a text that everybody reads."""

    public_name = _public_name()
    email = AddressField(
        lazy("E-mail address"),
        validators=[Required(lazy("Enter your e-mail address, or sign in."))],
        render_kw={"autocomplete": "email"},
    )

    def __init__(self, identity: Identity, **values: Any) -> None:
        super().__init__(public_name=identity.public_name, **values)
        # pages ask for these last, and what is wrong is said in the order of the page
        for name in ("public_name", "email"):
            self._fields[name] = self._fields.pop(name)
        if identity.is_known:
            del self.email

    def exceeded(self) -> Rate | None:
        """Counts a mail to the address that was typed; the limit that it exceeds.

        Call it once per request.
        """
        return None if self.email is None else exceeded_share(str(self.email.data), "mail-address")

    def signature(self, exceeded: Rate | None) -> Signature:
        """Who writes, by a valid form."""
        address = None if self.email is None else str(self.email.data)
        return Signature(self.public_name.data or None, address, exceeded)


class ReadersButton(Button):
    """A button by which somebody says what they think of a text that stands beside it."""

    seen = MarkField()
    """Stands for the text as the page showed it."""

    def mark_read(self, now: str) -> str:
        """The mark that was sent; where there is none, that of the text as it is ``now``.

        All our pages send it; another client that sends none speaks of what there is.
        """
        return str(self.seen.data or now)


class SettingsForm(Form):
    """The name that is suggested, and which mails come."""

    public_name = _public_name()
    wants_digest = BooleanField(lazy("News, in one mail a day at most"))
    wants_answers = BooleanField(lazy("Answers of the city, at once"))

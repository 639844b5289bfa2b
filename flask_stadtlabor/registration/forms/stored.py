"""Base of forms that edit many stored columns of a registration at once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, NamedTuple

from wtforms import Field

from flask_stadtlabor.form_fields import MarkField, label_of
from flask_stadtlabor.forms import only_changes_language
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.registration.forms.protection import CheckedForm
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.seen import mark_of_stored


class Versions(NamedTuple):
    """A field whose submitted value differs from the stored one, both as text."""

    field: Field
    stored: str
    typed: str


class StoredForm(CheckedForm):
    """A form with a mark of what it showed, which its operation compares under the lock."""

    seen = MarkField()
    """What is stored as the page showed it (:mod:`flask_stadtlabor.registration.seen`)."""

    compared = MarkField()
    """Set where the page shows both versions, so that it does so in another language too."""

    registration: Registration

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether it may be saved; both versions stay on the page when its language changes."""
        is_valid = super().validate(extra_validators)
        if only_changes_language() and self.compared.data and not self.errors:
            self.show_both_versions(self.registration)
        return is_valid

    def mark(self) -> None:
        """Put the mark into a form that is shown for the first time."""
        super().mark()
        if not self.is_submitted():
            self.seen.data = mark_of_stored(self.registration, self.columns())

    @abstractmethod
    def columns(self) -> list[str]:
        """The names of the columns that it shows and writes."""

    @abstractmethod
    def versions(self) -> Iterator[Versions]:
        """Each field that says otherwise than is stored now."""

    def show_both_versions(self, registration: Registration) -> None:
        """Leave what was typed, say beside it what is stored by now, and let the next try count."""
        self.registration = registration
        self.seen.data = mark_of_stored(registration, self.columns())
        self.compared.data = "1"
        self.form_problems = [
            _sl(
                "This registration was changed elsewhere since you opened this page. Nothing of "
                "what you sent has been saved: please compare what is stored now with what stands "
                "in this form, correct it where it is out of date, and send it once more."
            )
        ]
        for field, stored, typed in self.versions():
            field.errors = [
                _sl(
                    "“%(field)s”: now stored: %(stored)s; in this form: %(typed)s",
                    field=label_of(field),
                    stored=stored,
                    typed=typed,
                )
            ]

"""The form in which staff registers somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_stadtlabor.consent.texts.published import PurposeTexts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.form_fields import OneOf, Required
from flask_stadtlabor.i18n import _sl, language, language_name, lazy
from flask_stadtlabor.organise.forms.consent import METHODS
from flask_stadtlabor.organise.forms.door import StaffPersonForm
from flask_stadtlabor.registration.forms.party import PartyForm
from flask_stadtlabor.registration.forms.signup import PersonForm, event_form
from flask_stadtlabor.state import settings

READS = lazy("Which language does this person read?")


class StaffForm(StaffPersonForm, PersonForm):
    """What the public form asks, filled in by staff; an e-mail address is not needed."""

    language = OneOf(
        READS,
        choices=(),
        validators=[Required(lazy("Please choose the language."))],
    )
    method = OneOf(lazy("How were these questions answered?"), choices=METHODS)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well; answers about consent need to be on paper or given here (C8)."""
        is_valid = super().validate(extra_validators)
        if self.method.data or not self.has_answers():
            return is_valid
        self.method.errors = [_sl("Please say how it was answered.")]
        return False


def staff_form(event: Event, purposes: Sequence[PurposeTexts], *, method: str | None) -> StaffForm:
    """The form with all that ``event`` asks; ``method`` is how the last person answered here."""
    form = event_form(StaffForm, event, purposes)
    form.language.choices = [(code, language_name(code)) for code in settings().locales]
    ask_about_somebody(form)
    if event.ask_age:
        form["under_16"].label.text = _sl(
            "This person is younger than %(age)d", age=settings().guardian_age
        )
    if not form.is_submitted():
        form.language.data = language()
        form.method.data = method
    return form


def ask_about_somebody(form: PartyForm) -> None:
    """Let the questions that the person is asked speak to staff, who answers for them."""
    form.party_size.label.text = _sl("How many people come?")
    if "support_needs" in form:
        form["support_needs"].label.text = _sl("What does this person need in order to take part?")
    if "language" in form:
        form["language"].label.text = READS

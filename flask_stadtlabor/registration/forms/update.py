"""The form in which somebody changes their registration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.form_fields import MarkField, OneOf
from flask_stadtlabor.i18n import language_name, lazy
from flask_stadtlabor.registration.forms.in_words import (
    answer_in_words,
    party_in_words,
    text_in_words,
)
from flask_stadtlabor.registration.forms.party import (
    PartyForm,
    ask_party,
    ask_questions,
    companion_name,
    question_name,
)
from flask_stadtlabor.registration.forms.stored import StoredForm, Versions
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.requests import RegistrationUpdate
from flask_stadtlabor.state import settings


class ChangeForm(StoredForm, PartyForm):
    """What can be changed; :func:`change_form` adds what the event asks."""

    about = MarkField()
    """Which registration the page showed."""

    def columns(self) -> list[str]:
        """The names of the columns that it shows and writes."""
        asked = [name for name in ("support_needs", "language") if name in self]
        # where nobody is asked for names, a smaller party still loses some
        return ["party_size", "companions", "answers", *asked]

    def wanted(self) -> RegistrationUpdate:
        """How the registration shall be; what the event no longer asks stays as it was."""
        before = self.registration
        party_size = int(self.party_size.data or 1)
        asked = {question.slug for question in self.event.questions}
        kept = {slug: answer for slug, answer in before.answers.items() if slug not in asked}
        names = self.companions() if self.companion_fields() else before.companions
        return RegistrationUpdate(
            party_size=party_size,
            companions=names[: party_size - 1],
            answers=kept | self.answers(),
            support_needs=self.support() if "support_needs" in self else before.support_needs,
            language=self.mail_language() or before.language,
        )

    def versions(self) -> Iterator[Versions]:
        """Each field that says otherwise than is stored now."""
        stored, typed = self.registration, self.wanted()
        if (stored.party_size, stored.companions) != (typed.party_size, typed.companions):
            yield Versions(
                self.party_size,
                party_in_words(stored.party_size, stored.companions),
                party_in_words(typed.party_size, typed.companions),
            )
        for question, field in self.question_fields():
            before, after = (said.answers.get(question.slug) for said in (stored, typed))
            if before != after:
                yield Versions(
                    field, answer_in_words(question, before), answer_in_words(question, after)
                )
        if stored.support_needs != typed.support_needs:
            yield Versions(
                self["support_needs"],
                text_in_words(stored.support_needs),
                text_in_words(typed.support_needs),
            )
        if stored.language != typed.language:
            yield Versions(
                self["language"], language_name(stored.language), language_name(typed.language)
            )

    def mail_language(self) -> str | None:
        """The language that was chosen for mails; None where there is nothing to choose."""
        return self["language"].data if "language" in self else None


def change_form(registration: Registration, mark: str, *, with_support: bool = True) -> ChangeForm:
    """The form, filled with how the registration is now, or with what was posted.

    Whoever may not read what the party needs changes it ``with_support=False``. A party may stay as
    large as it is, even where the event allows only smaller ones by now.
    """
    event = registration.event

    class RegistrationsForm(ChangeForm):
        """This registration's form."""

    ask_party(RegistrationsForm, event, max(event.largest_party, registration.party_size))
    ask_questions(RegistrationsForm, event)
    if len(settings().locales) > 1:
        RegistrationsForm.language = OneOf(
            lazy("In which language shall we write to you?"),
            choices=[(code, language_name(code)) for code in settings().locales],
        )
    form = RegistrationsForm(data=_present(registration, event) | {"about": mark})
    if not with_support and "support_needs" in form:
        del form.support_needs
    form.event = event
    form.registration = registration
    form.mark()
    return form


def _present(registration: Registration, event: Event) -> dict[str, Any]:
    companions = enumerate(registration.companions, start=1)
    return {
        "party_size": registration.party_size,
        "language": registration.language,
        "support_needs": registration.support_needs,
        **{companion_name(number): name for number, name in companions},
        **{
            question_name(question.slug): question.fitted(registration.answers[question.slug])
            for question in event.questions
            if question.slug in registration.answers
        },
    }

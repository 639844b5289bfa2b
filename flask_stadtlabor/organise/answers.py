"""Consent as staff sees it: what each answer means for a camera, and the form that asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from wtforms import HiddenField

from flask_stadtlabor.consent.models import Act, Method, Mode
from flask_stadtlabor.consent.queries import ConsentStatus, PurposeTexts
from flask_stadtlabor.i18n import _sl, lazy
from flask_stadtlabor.registration.fields import OneOf
from flask_stadtlabor.registration.forms import consent_field
from flask_stadtlabor.registration.safeguards import ConsentingForm, consent_name

METHODS = (
    (Method.PAPER.value, lazy("On a signed form")),
    (Method.KIOSK.value, lazy("Here on this screen")),
)
"""How somebody answers to staff."""


class Answer(StrEnum):
    """What an answer means at the door."""

    YES = "yes"
    NO = "no"
    ASK = "ask"
    """Not asked yet, no answer, or asked about a text that counts no more."""
    LATER = "later"
    """A yes that counts once the registration is confirmed."""


class PurposeAnswer(NamedTuple):
    """Where a person stands with a purpose that the event asks about."""

    purpose: PurposeTexts
    answer: Answer
    status: ConsentStatus | None
    """None where the person was never asked."""


def answers_to(
    purposes: Sequence[PurposeTexts], statuses: Sequence[ConsentStatus]
) -> list[PurposeAnswer]:
    """What somebody answered to each purpose that asks for consent, in the order of the form."""
    by_slug = {status.slug: status for status in statuses}
    return [
        PurposeAnswer(purpose, _meaning(by_slug.get(purpose.slug)), by_slug.get(purpose.slug))
        for purpose in purposes
        if purpose.mode == Mode.CONSENT
    ]


def _meaning(status: ConsentStatus | None) -> Answer:
    if status is None or not status.answered:
        return Answer.ASK
    if status.permits_use:
        return Answer.YES
    if status.act in (Act.REFUSED, Act.WITHDRAWN):
        return Answer.NO
    if status.act == Act.INVALIDATED or status.has_expired or status.is_replaced:
        return Answer.ASK
    return Answer.LATER


def shows_people(purpose: PurposeTexts) -> bool:
    """Whether a purpose is about pictures of people, as it is where nothing else is said."""
    processing = purpose.processing
    return purpose.mode == Mode.CONSENT and (
        processing is None or "Picture" in processing.personal_data
    )


class AnswersForm(ConsentingForm):
    """Staff asks for consent: at the door, at a desk, on the phone with the paper in hand."""

    back = HiddenField()
    """Which page to go back to: ``door``, or the registration's own."""
    method = OneOf(lazy("How is it answered?"), choices=METHODS)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether there is an answer, by a method, to the texts that stand on the page."""
        if not super().validate(extra_validators):
            return False
        if not self.has_answers():
            self.form_problems = [_sl("Please choose an answer.")]
            return False
        if not self.method.data:
            self.method.errors = [_sl("Please say how it was answered.")]
        return bool(self.method.data)


def answers_form(
    purposes: Sequence[PurposeTexts], *, back: str = "", method: str | None = None
) -> AnswersForm:
    """The form with a question for each purpose; filled with what was posted."""

    class ThisForm(AnswersForm):
        """The form for these purposes."""

    asked = [purpose for purpose in purposes if purpose.mode == Mode.CONSENT]
    for purpose in asked:
        setattr(ThisForm, consent_name(purpose.slug), consent_field(purpose))
    form = ThisForm()
    form.purposes = asked
    form.mark()
    if not form.is_submitted():
        form.back.data = back
        form.method.data = method
    return form

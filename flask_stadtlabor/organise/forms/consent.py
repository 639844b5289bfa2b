"""The form with which staff asks for consent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField

from flask_stadtlabor.consent.answers.status import ConsentStatus, latest_answer
from flask_stadtlabor.consent.models import Method, Mode
from flask_stadtlabor.consent.texts.published import PurposeTexts
from flask_stadtlabor.form_fields import OneOf
from flask_stadtlabor.i18n import _sl, lazy
from flask_stadtlabor.registration.forms.consent_question import consent_field, consent_name
from flask_stadtlabor.registration.forms.protection import (
    ConsentingForm,
    sign_here,
    unsign_here,
)

METHODS = (
    (Method.PAPER.value, lazy("On a signed form")),
    (Method.KIOSK.value, lazy("Here on this screen")),
)
"""How somebody answers to staff."""


class AnswersForm(ConsentingForm):
    """Staff asks for consent: at the door, at a desk, on the phone with the paper in hand."""

    back = HiddenField()
    """Which page to go back to: ``door``, or the registration's own."""
    seen = HiddenField()
    """The latest answer that the page knew of, signed (C15)."""
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

    def see(self, statuses: Sequence[ConsentStatus]) -> None:
        """Remember the latest answer that the page shows."""
        self.seen.data = sign_here("answers-seen", latest_answer(statuses))

    @property
    def latest_seen(self) -> int:
        """The latest answer that the page showed; 0 where that cannot be told."""
        seen = unsign_here("answers-seen", self.seen.data)
        return seen if isinstance(seen, int) else 0


def answers_form(
    purposes: Sequence[PurposeTexts],
    statuses: Sequence[ConsentStatus] = (),
    *,
    back: str = "",
    method: str | None = None,
    is_sent: bool = False,
) -> AnswersForm:
    """The form with a question for each purpose: as it was sent, or fresh.

    A page with a fresh one may be the answer to another of its forms. ``statuses`` is where the
    person stands on that page.
    """

    class ThisForm(AnswersForm):
        """The form for these purposes."""

    asked = [purpose for purpose in purposes if purpose.mode == Mode.CONSENT]
    for purpose in asked:
        setattr(ThisForm, consent_name(purpose.slug), consent_field(purpose))
    form = ThisForm() if is_sent else ThisForm(formdata=None, back=back, method=method)
    form.purposes = asked
    if not is_sent:
        form.shown.data = form._text_mark()
        form.see(statuses)
    return form

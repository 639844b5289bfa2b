"""What somebody does with their consents after they registered."""

from __future__ import annotations

from flask_stadtlabor.consent.answers import operations as consent
from flask_stadtlabor.consent.answers.status import answered_by
from flask_stadtlabor.consent.models import ConsentText, Method
from flask_stadtlabor.registration import later_forms
from flask_stadtlabor.registration.locks import Locked
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.details import Details
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import ACTIVE
from flask_stadtlabor.registration.refusals import GuardianMissing, NotPossible


def answer(
    locked: Locked, purpose: str, text: ConsentText, *, says_yes: bool, seen: int, method: Method
) -> bool:
    """Answer a purpose later, anew or otherwise than before; False where nothing changes.

    ``seen`` is the latest answer that the page knew of, ``method`` how that page was opened. Raises
    :class:`~.answers.operations.AnsweredSince` for a yes after a no that it did
    not know, :class:`~.refusals.NotPossible` for a registration that has ended,
    :class:`~.refusals.LaterFormWaits` for a yes while a later form is to be decided about, and
    :class:`~.refusals.GuardianMissing` for a child for whom nobody can answer.
    """
    registration = locked.registration
    if registration.state not in ACTIVE:
        raise NotPossible
    later_forms.drop_if_alike(locked)
    if says_yes:
        later_forms.require_none(locked)
    if registration.lacks_guardian:
        raise GuardianMissing
    return consent.answer(
        registration.subject,
        purpose,
        text,
        says_yes=says_yes,
        seen=seen,
        actor=registration.answered_by,
        method=method,
    )


def withdraw(
    subject: str, locked: Locked | None, purpose: str, purpose_title: str, *, method: Method
) -> bool:
    """Withdraw one consent, effective at once; False when none was there (C10).

    ``method`` is how the page with the button was opened. It can be withdrawn after the
    registration was deleted, too; then nobody gets a mail.
    """
    if locked is None:
        return consent.withdraw(subject, purpose, actor=answered_by(subject), method=method)
    registration = locked.registration
    withdrawn = consent.withdraw(subject, purpose, actor=registration.answered_by, method=method)
    if withdrawn:
        send_mail(kinds.WITHDRAWN, registration, Details(purpose_title=purpose_title))
    return withdrawn

"""Choosing between what was sent first and a later form, and confirming by the same button."""

from __future__ import annotations

from flask_stadtlabor import signals
from flask_stadtlabor.consent.answers import operations as consent
from flask_stadtlabor.consent.models import ConsentAction, Method, Mode
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.registration import later_forms
from flask_stadtlabor.registration.later_forms import (
    PARTS,
    QUESTION,
    Differences,
    differences,
    mark_of_form,
)
from flask_stadtlabor.registration.locks import Locked
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import LaterForm, Registration, RegistrationState
from flask_stadtlabor.registration.operations import transitions, update
from flask_stadtlabor.registration.refusals import GuardianMissing, LaterFormWaits, StillInside
from flask_stadtlabor.registration.requests import Decision
from flask_stadtlabor.state import session


def confirm(locked: Locked, decision: Decision | None, *, method: Method) -> None:
    """Confirm the registration as :func:`~.operations.transitions.confirm` does, as it was decided.

    ``method`` is how the page with the button was opened. Raises
    :class:`~.refusals.LaterFormWaits` where a form came in about which nothing was decided,
    :class:`~.refusals.NotTaken` where there are not enough seats for a larger party,
    :class:`~.refusals.StillInside` where more people are inside than would be left, and what
    :func:`~.operations.transitions.confirm` raises; then nothing is changed.
    """
    registration = locked.registration
    later = later_forms.waiting_for(registration)
    found = differences(registration, later) if later is not None else None
    if later is not None and found:
        if decision is None or not _is_about(registration, decision, later, found):
            raise LaterFormWaits
        transitions.require_confirmable(locked)
        if decision.from_later.get("party") and later.said["party_size"] < registration.arrived:
            raise StillInside
        if registration.state == RegistrationState.CONFIRMED:
            if _apply(locked, later, decision, method):
                send_mail(kinds.UPDATED, registration)
            return
        if registration.state == RegistrationState.WAITING:
            # before the choice, which may bring an offer that nobody has taken yet
            transitions.confirm(locked, method=method)
            _apply(locked, later, decision, method)
            return
        _apply(locked, later, decision, method)
    transitions.confirm(locked, method=method)


def _is_about(
    registration: Registration, decision: Decision, later: LaterForm, found: Differences
) -> bool:
    # a purpose may ask for no consent any more
    asked = {text.slug for text in current_texts(found.to_answer) if text.mode == Mode.CONSENT}
    return (
        decision.mark == mark_of_form(registration, later)
        and set(decision.from_later) == set(found.parts)
        and {choice.purpose for choice in decision.choices} == asked
    )


def _apply(locked: Locked, later: LaterForm, decision: Decision, method: Method) -> bool:
    """Make it so; returns whether the registration itself is another now."""
    registration, said = locked.registration, later.said
    taken = [name for name, is_taken in decision.from_later.items() if is_taken]
    wished = {column: said[column] for name in taken for column in PARTS.get(name, ())}
    answers = dict(registration.answers)
    for name in taken:
        if name.startswith(QUESTION):
            slug = name.removeprefix(QUESTION)
            answers.pop(slug, None)
            answers |= {slug: said["answers"][slug]} if slug in said["answers"] else {}
    wished |= {"answers": answers} if answers != registration.answers else {}
    if "companions" in wished:
        wished["companions"] = tuple(wished["companions"])
    later_forms.settle(locked)
    update.write(locked, wished)
    if {"name", "age"} & set(taken):
        # what one person said is no consent of another
        consent.end_all(registration.subject, actor=registration.answered_by, method=method)
    if decision.choices and registration.lacks_guardian:
        raise GuardianMissing
    consent.correct(
        registration.subject,
        [
            (choice.text, choice.purpose, choice.answer or ConsentAction.REFUSED)
            for choice in decision.choices
        ],
        actor=registration.answered_by,
        method=method,
    )
    if wished:
        signals.send(
            signals.registration_changed, registration=registration, changes=frozenset(wished)
        )
    session().flush()
    return bool(wished)

"""Staff registers somebody at a desk or at the door, and passes on what a mail would say."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import ColumnElement, select, update

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.consent.answers import operations as consent
from flask_stadtlabor.consent.answers.status import statuses
from flask_stadtlabor.consent.models import ActorKind, ConsentAction, Method
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.i18n import use_language, words
from flask_stadtlabor.registration import later_forms
from flask_stadtlabor.registration.links import personal_link
from flask_stadtlabor.registration.locks import Locked, lock_found
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.details import Details
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import ACTIVE, DeskNotice, Registration, Source
from flask_stadtlabor.registration.operations import check_in, signup, transitions
from flask_stadtlabor.registration.refusals import NotPossible
from flask_stadtlabor.registration.requests import ConsentChoice, SignupRequest
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows


class StaffSignup(NamedTuple):
    """What became of somebody whom staff registered."""

    registration: Registration
    is_new: bool
    """False where the address was registered already; then nothing was written."""


def register(within: LockedEvent, application: SignupRequest) -> StaffSignup:
    """Register a party for somebody.

    Staff may know who is registered, so that a known address leads to its registration. Raises
    :class:`~.refusals.NotTaken`.
    """
    locked, is_new = _register(within, application)
    return StaffSignup(locked.registration, is_new)


def register_at_door(
    within: LockedEvent, application: SignupRequest, *, where: str | None, by: By
) -> StaffSignup:
    """Register somebody who stands at the door, confirmed and checked in at once.

    Never goes over the capacity, and nobody waits at a door. Somebody who is registered already is
    left to the check-in. ``by`` has told them what a mail would say. Raises
    :class:`~.refusals.NotTaken`.
    """
    locked, is_new = _register(within, replace(application, source=Source.DOOR))
    if is_new:
        pass_on_all(locked, by)
        check_in.check_in(locked, where)
    return StaffSignup(locked.registration, is_new)


def _register(within: LockedEvent, application: SignupRequest) -> tuple[Locked, bool]:
    """The registration, and whether it is new."""
    known = signup.active_registration(within, application.email)
    if known is not None and known.registration.is_overdue:
        # a hold of which no mail could tell begins anew, and is theirs still
        transitions.end_overdue(within)
        known = signup.active_registration(within, application.email)
    if known is not None:
        return known, False
    signup.register(within, application)
    # the event is locked, so that nobody else's can be newer
    newest = select(Registration).order_by(Registration.id.desc()).limit(1)
    return lock_found(within, newest)[0], True


def pass_on(locked: Locked, notice: DeskNotice, by: By) -> bool:
    """Staff has told somebody what the notice is about; False when that was done before."""
    is_new = _tick_off(locked, by, DeskNotice.id == notice.id)
    session().expire(notice)
    return is_new


def pass_on_all(locked: Locked, by: By) -> None:
    """Staff has told somebody all there was to tell, because they are here."""
    _tick_off(locked, by)


def _tick_off(locked: Locked, by: By, *which: ColumnElement[bool]) -> bool:
    is_open = DeskNotice.done_at.is_(None)
    theirs = DeskNotice.registration_id == locked.registration.id
    ticked = update(DeskNotice).where(theirs, is_open, *which)
    return change_rows(ticked.values(done_at=now(), done_by=by.name, done_key=by.key)) > 0


def record_answers(
    locked: Locked, choices: tuple[ConsentChoice, ...], *, seen: int, method: Method
) -> None:
    """Write down what somebody answered to staff, on paper or on staff's screen.

    A yes that becomes a no is withdrawn, with a take-down task and a mail about it; an answer that
    stands already is not written again. ``seen`` is the latest answer that staff's page knew of;
    raises :class:`~.answers.operations.AnsweredSince` for a yes after a later no,
    :class:`~.refusals.LaterFormWaits` for one while a later form is to be decided about, and
    :class:`~.refusals.NotPossible` for one about a registration that has ended.
    """
    says_yes_to_any = any(choice.answer == ConsentAction.GIVEN for choice in choices)
    if says_yes_to_any and locked.registration.state not in ACTIVE:
        raise NotPossible
    later_forms.drop_if_alike(locked)
    if says_yes_to_any:
        later_forms.require_none(locked)
    subject = locked.registration.subject
    before = {status.slug: status for status in statuses(subject)}
    given = [choice for choice in choices if choice.answer is not None]
    asked = [(choice.text, choice.purpose) for choice in given if choice.purpose not in before]
    consent.record_form(subject, asked, [], actor=ActorKind.STAFF, method=method)
    for choice in given:
        says_yes = choice.answer == ConsentAction.GIVEN
        said_yes = choice.purpose in before and before[choice.purpose].can_be_withdrawn
        is_new = consent.answer(
            subject,
            choice.purpose,
            choice.text,
            says_yes=says_yes,
            seen=seen,
            actor=ActorKind.STAFF,
            method=method,
        )
        if is_new and said_yes and not says_yes:
            _tell_of_withdrawal(locked, choice)


def fresh_link(locked: Locked) -> str:
    """A personal link to be handed over, of which we keep the hash alone (S3)."""
    return personal_link(locked.registration, is_mailed=False)


def _tell_of_withdrawal(locked: Locked, choice: ConsentChoice) -> None:
    """A mail with the link to the receipt; whoever has no address stands before staff."""
    registration = locked.registration
    if registration.email is not None:
        with use_language(registration.language):
            title = words(choice.text.title)
        send_mail(kinds.WITHDRAWN, registration, Details(purpose_title=title))

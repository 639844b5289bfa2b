"""What changes a registration. Each operation locks the event row first and the ledger last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor import signals
from flask_stadtlabor.consent import operations as consent
from flask_stadtlabor.consent.models import Act, By, ConsentText, Method
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import NextStep, Phase, Step, next_step, phase_of
from flask_stadtlabor.registration import mails, seats
from flask_stadtlabor.registration.models import (
    SEATED,
    Registration,
    RegistrationState,
)
from flask_stadtlabor.registration.waiting_list import promote
from flask_stadtlabor.state import now, session, settings
from flask_stadtlabor.tokens import keyed_hash


class NotTaken(Exception):
    """The event takes no such registration at the moment; ``step`` says why."""

    def __init__(self, step: NextStep) -> None:
        super().__init__(str(step.step))
        self.step = step


class NotPossible(Exception):
    """The registration is not in a state in which this can be done."""


class GuardianMissing(Exception):
    """A child cannot answer for themself, and no guardian is named (Art. 8 GDPR)."""


@dataclass(frozen=True)
class Choice:
    """A person's answer to one consent question; ``answer`` None stands for unanswered (C3)."""

    purpose: str
    text: ConsentText
    answer: Act | None


@dataclass(frozen=True, kw_only=True)
class Application:
    """What somebody filled in."""

    given_name: str
    family_name: str
    email: str
    party_size: int = 1
    language: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    is_under_age: bool | None = None
    guardian_name: str | None = None
    choices: tuple[Choice, ...] = ()
    privacy_shown: str | None = None


def register(event: Event, application: Application) -> RegistrationState:
    """Register a party; returns the state that a new registration gets at this moment.

    An address that is registered already gets a mail with its link instead, and nothing else is
    written; the answer is the same, so that it tells nobody who is registered (S2, S5).
    Raises :class:`NotTaken`.
    """
    seats.lock(event)
    known = _active_registration(event, application.email)
    if known is not None and _is_overdue(known):
        end_overdue(event)
        known = None
    state = _state_for(event, application.party_size)
    if known is not None:
        mails.send("confirm" if known.state == RegistrationState.HELD else "known", known)
        return state
    registration = _create(event, application, state)
    mails.send(_MAIL_FOR[state], registration)
    _record_choices(registration, application)
    signals.send(signals.registration_created, registration=registration)
    return state


def confirm(registration: Registration) -> None:
    """The person used the link: a held or offered seat is theirs, and their consents count.

    Does nothing the second time. Raises :class:`NotPossible` when the hold or offer has ended, the
    registration was cancelled or the event does not take place any more.
    """
    event = _locked(registration)
    if registration.state == RegistrationState.CONFIRMED:
        return
    if phase_of(event, now()) not in (Phase.AHEAD, Phase.RUNNING):
        raise NotPossible
    if registration.state == RegistrationState.WAITING:
        consent.confirm_subject(registration.subject)
        return
    if registration.state not in SEATED or _is_overdue(registration):
        raise NotPossible
    registration.state = RegistrationState.CONFIRMED
    registration.confirmed_at = now()
    registration.expires_at = None
    consent.confirm_subject(registration.subject)
    session().flush()
    mails.send("confirmed", registration)
    signals.send(signals.registration_confirmed, registration=registration)


def cancel(registration: Registration) -> None:
    """The person does not come: their seats go to those who wait.

    Does nothing the second time. Consents of an address that was never confirmed are invalidated;
    others stay until they are withdrawn.
    """
    event = _locked(registration)
    if registration.state in (RegistrationState.CANCELLED, RegistrationState.EXPIRED):
        return
    was_confirmed = registration.confirmed_at is not None
    _leave(event, registration, RegistrationState.CANCELLED)
    registration.cancelled_at = now()
    session().flush()
    mails.send("cancelled", registration)
    promote(event)
    if not was_confirmed:
        consent.invalidate(registration.subject)
    signals.send(signals.registration_cancelled, registration=registration)


def end_overdue(event: Event) -> int:
    """End the holds and offers whose time is over, and offer their seats to those who wait.

    Returns how many ended.
    """
    seats.lock(event)
    overdue = (
        session()
        .scalars(
            select(Registration)
            .where(
                Registration.event_id == event.id,
                Registration.state.in_((RegistrationState.HELD, RegistrationState.OFFERED)),
                Registration.expires_at <= now(),
            )
            .order_by(Registration.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        .all()
    )
    for registration in overdue:
        set_committed_value(registration, "event", event)
        _leave(event, registration, RegistrationState.EXPIRED)
        session().flush()
        mails.send("expired", registration)
        signals.send(signals.registration_expired, registration=registration)
    promote(event)
    for registration in overdue:
        consent.invalidate(registration.subject)
    return len(overdue)


_MAIL_FOR = {
    RegistrationState.HELD: "confirm",
    RegistrationState.CONFIRMED: "confirmed",
    RegistrationState.WAITING: "waiting",
}


def _state_for(event: Event, party_size: int) -> RegistrationState:
    """The state a new registration gets under the lock; raises :class:`NotTaken`."""
    step = next_step(event, now())
    if step.step in (Step.FULL, Step.WAITING_LIST) or not seats.fits(event, party_size):
        end_overdue(event)
        step = next_step(event, now())
    if not step.takes_registrations:
        raise NotTaken(step)
    if seats.fits(event, party_size):
        return RegistrationState.HELD if event.confirm_by_email else RegistrationState.CONFIRMED
    if not event.waiting_list or party_size > (event.capacity or 0):
        raise NotTaken(step._replace(step=Step.FULL))
    return RegistrationState.WAITING


def _create(event: Event, application: Application, state: RegistrationState) -> Registration:
    registration = Registration(
        event=event,
        state=state,
        given_name=application.given_name,
        family_name=application.family_name,
        email=application.email,
        active_key=active_key(event, application.email),
        party_size=application.party_size,
        language=application.language,
        answers=dict(application.answers),
        is_under_age=application.is_under_age,
        guardian_name=application.guardian_name,
        subject=consent.open_subject(event.uid),
        privacy_shown=application.privacy_shown,
        created_at=now(),
    )
    if state == RegistrationState.WAITING:
        registration.queue_number = seats.join_queue(event)
    else:
        seats.take(event, application.party_size)
    if state == RegistrationState.HELD:
        registration.expires_at = min(now() + settings().confirm_within, event.ends_at)
    if state == RegistrationState.CONFIRMED:
        registration.confirmed_at = now()
    session().add(registration)
    session().flush()
    return registration


def _record_choices(registration: Registration, application: Application) -> None:
    if not registration.event.confirm_by_email:
        consent.confirm_subject(registration.subject)
    asked = [(choice.text, choice.purpose, Act.REQUESTED) for choice in application.choices]
    answered = [
        (choice.text, choice.purpose, choice.answer)
        for choice in application.choices
        if choice.answer is not None
    ]
    if answered and registration.lacks_guardian:
        raise GuardianMissing
    consent.record(registration.subject, asked, actor=By.SYSTEM, method=Method.WEB)
    consent.record(
        registration.subject, answered, actor=registration.answered_by, method=Method.WEB
    )


def active_key(event: Event, email: str) -> str:
    """What is unique among active registrations: the event with the address, in lower case."""
    return keyed_hash("active-registration", f"{event.uid}:{email.casefold()}")


def _active_registration(event: Event, email: str) -> Registration | None:
    registration = session().scalar(
        select(Registration)
        .where(Registration.active_key == active_key(event, email))
        .execution_options(populate_existing=True)
    )
    if registration is not None:
        set_committed_value(registration, "event", event)
    return registration


def _locked(registration: Registration) -> Event:
    """Lock the event row, then read the registration afresh."""
    event = _with_event(registration)
    seats.lock(event)
    seats.reread(registration)
    return _with_event(registration)


def _with_event(registration: Registration) -> Event:
    """The registration's event, put in its place on the registration."""
    event = session().get_one(Event, registration.event_id)
    set_committed_value(registration, "event", event)
    return event


def _leave(event: Event, registration: Registration, state: RegistrationState) -> None:
    if registration.state in SEATED:
        seats.release(event, registration.party_size)
    else:
        seats.leave_queue(event)
    registration.state = state
    registration.active_key = None
    registration.expires_at = None
    registration.queue_number = None


def _is_overdue(registration: Registration) -> bool:
    return registration.expires_at is not None and registration.expires_at <= now()

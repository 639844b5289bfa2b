"""From one state to the next: confirmed, cancelled, expired.

Each operation locks the event row first and the ledger last.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor import signals
from flask_stadtlabor.consent import operations as consent
from flask_stadtlabor.consent.models import By, Method
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import Phase, phase_of
from flask_stadtlabor.registration import mails, seats
from flask_stadtlabor.registration.models import (
    ACTIVE,
    PENDING,
    SEATED,
    Registration,
    RegistrationState,
)
from flask_stadtlabor.registration.undelivered import without_news
from flask_stadtlabor.registration.waiting_list import promote
from flask_stadtlabor.state import now, session


class NotPossible(Exception):
    """The registration is not in a state in which this can be done."""


def confirm(
    registration: Registration, *, actor: By | None = None, method: Method = Method.EMAIL_LINK
) -> None:
    """The person used the link: a held or offered seat is theirs, and their consents count.

    ``actor`` is whoever does so for them, by that ``method``. Does nothing the second time. Raises
    :class:`NotPossible` when the hold or offer has ended, the registration was cancelled or the
    event does not take place any more.
    """
    event = locked(registration)
    if registration.state == RegistrationState.CONFIRMED:
        return
    if phase_of(event, now()) in (Phase.OVER, Phase.CANCELLED):
        raise NotPossible
    by = actor or registration.answered_by
    if registration.state == RegistrationState.WAITING:
        consent.confirm_subject(registration.subject, actor=by, method=method)
        return
    if registration.state not in SEATED or is_overdue(registration):
        raise NotPossible
    registration.state = RegistrationState.CONFIRMED
    registration.confirmed_at = now()
    registration.expires_at = None
    session().flush()
    seats.count_confirmed(event)
    mails.send("confirmed", registration)
    consent.confirm_subject(registration.subject, actor=by, method=method)
    signals.send(signals.registration_confirmed, registration=registration)


def cancel(registration: Registration) -> None:
    """The person does not come: their seats go to those who wait.

    Does nothing the second time. Consents of an address that was never confirmed are invalidated;
    others stay until they are withdrawn. Raises :class:`NotPossible` once the event is over: who
    came then did come.
    """
    event = locked(registration)
    if registration.state not in ACTIVE:
        return
    if not can_be_cancelled(registration):
        raise NotPossible
    was_confirmed = registration.confirmed_at is not None
    registration.cancelled_at = now()
    _leave(event, registration, RegistrationState.CANCELLED)
    mails.send("cancelled", registration)
    promote(event)
    if not was_confirmed:
        consent.invalidate(registration.subject)
    signals.send(signals.registration_cancelled, registration=registration)


def can_be_cancelled(registration: Registration) -> bool:
    """Whether there is something to cancel: not once it ended or the event is over."""
    is_over = phase_of(registration.event, now()) == Phase.OVER
    return registration.state in ACTIVE and not is_over


def end_overdue(event: Event) -> int:
    """End the holds and offers whose time is over, and offer their seats to those who wait.

    Those go on whose mail has not left yet. Returns how many ended.
    """
    seats.lock(event)
    overdue = (
        session()
        .scalars(
            select(Registration)
            .where(
                Registration.event_id == event.id,
                Registration.state.in_(PENDING),
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
    kept = without_news(overdue)
    ended = [registration for registration in overdue if registration.id not in kept]
    for registration in ended:
        _leave(event, registration, RegistrationState.EXPIRED)
        if phase_of(event, now()) not in (Phase.OVER, Phase.CANCELLED):
            mails.send("expired", registration)
        signals.send(signals.registration_expired, registration=registration)
    promote(event)
    for registration in ended:
        consent.invalidate(registration.subject)
    return len(ended)


def is_overdue(registration: Registration) -> bool:
    """Whether a hold or an offer is over, ended already or not."""
    return registration.expires_at is not None and registration.expires_at <= now()


def locked(registration: Registration) -> Event:
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
    had_seats = registration.state in SEATED
    registration.state = state
    registration.active_key = None
    if state != RegistrationState.EXPIRED:
        registration.expires_at = None
    registration.queue_number = None
    session().flush()
    if had_seats:
        seats.release(event, registration.party_size)
    else:
        seats.count_queue(event)

"""State transitions of a registration: confirm, cancel, expire.

Each operation takes the lock of what it changes, and the ledger's last.
"""

from __future__ import annotations

from sqlalchemy import select

from flask_stadtlabor import signals
from flask_stadtlabor.consent.answers import operations as consent
from flask_stadtlabor.consent.models import ActorKind, Method
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.next_step import Phase, phase_of
from flask_stadtlabor.registration import later_forms
from flask_stadtlabor.registration.allocation import seats
from flask_stadtlabor.registration.allocation.holds import extend_undelivered, untold
from flask_stadtlabor.registration.allocation.waiting_list import promote
from flask_stadtlabor.registration.locks import Locked, lock_found
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.details import Details
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import (
    ACTIVE,
    PENDING,
    SEATED,
    Registration,
    RegistrationState,
)
from flask_stadtlabor.registration.refusals import NotPossible, StillInside
from flask_stadtlabor.state import now, session


def confirm(
    locked: Locked, *, actor: ActorKind | None = None, method: Method = Method.EMAIL_LINK
) -> None:
    """The person used the link: a held or offered seat is theirs, and their consents count.

    A later form about which nobody has decided says no where it does, and nothing else (C15).
    ``actor`` is whoever confirms for them, by that ``method``. Does nothing the second time. Raises
    :class:`NotPossible` when the hold or offer has ended, the registration was cancelled or the
    event does not take place any more.
    """
    registration = locked.registration
    if registration.state == RegistrationState.CONFIRMED:
        return
    require_confirmable(locked)
    later_forms.settle(locked)
    by = actor or registration.answered_by
    if registration.state == RegistrationState.WAITING:
        consent.confirm_subject(registration.subject, actor=by, method=method)
        return
    registration.state = RegistrationState.CONFIRMED
    registration.confirmed_at = now()
    registration.expires_at = None
    session().flush()
    seats.count_confirmed(locked)
    send_mail(kinds.CONFIRMED, registration)
    consent.confirm_subject(registration.subject, actor=by, method=method)
    signals.send(signals.registration_confirmed, registration=registration)


def require_confirmable(locked: Locked) -> None:
    """Raises :class:`NotPossible` where :func:`confirm` does."""
    registration = locked.registration
    if phase_of(locked.event, now()) in (Phase.OVER, Phase.CANCELLED):
        raise NotPossible
    if registration.state not in ACTIVE or registration.is_overdue:
        raise NotPossible


def cancel(locked: Locked, *, by_staff: bool = False, reason: str = "") -> None:
    """The person does not come: their seats go to those who wait.

    Where staff cancels, the mail says so, and for what ``reason`` if one is given. Does nothing the
    second time. Consents of an address that was never confirmed are invalidated; others stay until
    they are withdrawn, and a later form that says no withdraws them (C15). Raises
    :class:`StillInside` for a party that has arrived, whose seats nobody else could use, and
    :class:`NotPossible` once the event is over: who came then did come.
    """
    registration = locked.registration
    if registration.state not in ACTIVE:
        return
    if is_inside(registration):
        raise StillInside
    if not can_be_cancelled(registration):
        raise NotPossible
    was_confirmed = registration.confirmed_at is not None
    registration.cancelled_at = now()
    noes = _leave(locked, RegistrationState.CANCELLED)
    kind = kinds.CANCELLED_BY_STAFF if by_staff else kinds.CANCELLED
    send_mail(kind, registration, Details(reason=reason))
    promote(locked)
    later_forms.refuse(registration, noes)
    if not was_confirmed:
        consent.invalidate(registration.subject)
    signals.send(signals.registration_cancelled, registration=registration)


def can_be_cancelled(registration: Registration) -> bool:
    """Whether there is something to cancel: not once they came, it ended or the event is over."""
    is_over = phase_of(registration.event, now()) == Phase.OVER
    return registration.state in ACTIVE and not is_over and not is_inside(registration)


def is_inside(registration: Registration) -> bool:
    """Whether people of the party are at an event that is not over yet, by what the doors say."""
    return registration.arrived > 0 and phase_of(registration.event, now()) in (
        Phase.AHEAD,
        Phase.RUNNING,
    )


def end_overdue(within: LockedEvent) -> int:
    """End the holds and offers whose time is over, and offer their seats to those who wait.

    Those go on whose mail has not left yet. Returns how many ended.
    """
    overdue = lock_found(
        within,
        select(Registration)
        .where(Registration.state.in_(PENDING), Registration.expires_at <= now())
        .order_by(Registration.id),
    )
    kept = extend_undelivered(overdue)
    ended = [locked for locked in overdue if locked.registration.id not in kept]
    noes, not_told = {}, untold(ended)
    for locked in ended:
        noes[locked.registration.id] = _leave(locked, RegistrationState.EXPIRED)
        is_ahead = phase_of(locked.event, now()) not in (Phase.OVER, Phase.CANCELLED)
        if is_ahead and locked.registration.id not in not_told:
            send_mail(kinds.EXPIRED, locked.registration)
        signals.send(signals.registration_expired, registration=locked.registration)
    promote(within)
    for locked in ended:
        later_forms.refuse(locked.registration, noes[locked.registration.id])
        consent.invalidate(locked.registration.subject)
    return len(ended)


def _leave(locked: Locked, state: RegistrationState) -> dict[str, int]:
    """Take the party out; returns what a later form refused, to be written with the ledger's lock.

    Somebody who waits may have confirmed their address, so that a yes of theirs counts.
    """
    registration = locked.registration
    noes = later_forms.noes_of(registration)
    had_seats = registration.state in SEATED
    registration.state = state
    registration.active_key = None
    if state != RegistrationState.EXPIRED:
        registration.expires_at = None
    registration.queue_number = None
    session().flush()
    later_forms.drop(locked)
    if had_seats:
        seats.release(locked, registration.party_size)
    else:
        seats.count_queue(locked)
    return noes

"""Changing a registration: how many come, what they answered, in which language they get mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_stadtlabor import signals
from flask_stadtlabor.events.next_step import (
    NextStep,
    Phase,
    Step,
    WhyFull,
    next_step,
    phase_of,
    why_nobody_waits,
)
from flask_stadtlabor.registration import later_forms
from flask_stadtlabor.registration.allocation import seats
from flask_stadtlabor.registration.allocation.waiting_list import promote
from flask_stadtlabor.registration.locks import Locked
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import ACTIVE, SEATED, Registration, RegistrationState
from flask_stadtlabor.registration.operations.transitions import end_overdue
from flask_stadtlabor.registration.refusals import NoSeats, NotPossible, NotTaken, StillInside
from flask_stadtlabor.registration.requests import RegistrationUpdate
from flask_stadtlabor.registration.seen import what_differs
from flask_stadtlabor.state import now, session


def can_be_changed(registration: Registration) -> bool:
    """Whether :func:`change` would do anything: not once it ended or the event is gone."""
    return (
        registration.state in ACTIVE
        and not registration.is_overdue
        and phase_of(registration.event, now()) not in (Phase.OVER, Phase.CANCELLED)
    )


def change(
    locked: Locked, wanted: RegistrationUpdate, *, seen: str, by_staff: bool = False
) -> frozenset[str]:
    """Make it so; returns the names of the columns that changed.

    A larger party takes the seats it is missing, or none: raises :class:`NotTaken` where there are
    not enough, or where others wait for them, or while the event takes no registrations. A smaller
    one frees seats for those who wait. A waiting party keeps its place. Raises
    :class:`~.refusals.StillInside` where more people are inside than would be left, and
    :class:`NotPossible` for a registration that has ended. ``seen`` is the mark of what the page
    showed; raises :class:`~.refusals.ChangedMeanwhile` where something else is stored by now.

    ``by_staff`` registrations may be open or not (see :func:`~.next_step.next_step`), and the mail
    says who changed it.
    """
    registration = locked.registration
    if not can_be_changed(registration):
        raise NotPossible
    changed = what_differs(registration, wanted, seen)
    if not changed:
        return frozenset()
    if wanted.party_size < registration.arrived:
        raise StillInside
    later_forms.drop_if_alike(locked)
    state = registration.state
    write(locked, changed, by_staff=by_staff)
    if registration.state == state:
        send_mail(kinds.UPDATED_BY_STAFF if by_staff else kinds.UPDATED, registration)
    names = frozenset(changed)
    signals.send(signals.registration_changed, registration=registration, changes=names)
    return names


def write(locked: Locked, values: Mapping[str, Any], *, by_staff: bool = False) -> None:
    """Set these columns, with the seats that another size of the party takes or frees.

    Raises :class:`NotTaken`, and tells nobody.
    """
    registration = locked.registration
    more = values.get("party_size", registration.party_size) - registration.party_size
    if more > 0:
        _grow(locked, more, by_staff)
    for name, value in values.items():
        setattr(registration, name, value)
    session().flush()
    seats.note_change(locked)
    if more:
        _count_anew(locked, more)
        promote(locked)


def _grow(locked: Locked, more: int, by_staff: bool) -> None:
    """Take ``more`` seats, all or none; a party that waits takes none, but may not be too large."""
    event, registration = locked.event, locked.registration
    if registration.state == RegistrationState.WAITING:
        step = next_step(event, now(), by_staff=by_staff)
        why = why_nobody_waits(event, now(), registration.party_size + more)
        if why in (WhyFull.NO_SEATS, WhyFull.LARGER_THAN_EVENT):
            raise NotTaken(NextStep(Step.FULL, why_full=why))
    else:
        if not seats.fits(locked, more):
            end_overdue(locked)
        step = next_step(event, now(), by_staff=by_staff)
    if step.step not in (Step.REGISTER, Step.WAITING_LIST, Step.FULL):
        raise NotTaken(step)
    if registration.state in SEATED:
        try:
            seats.take(locked, more)
        except NoSeats as error:
            raise NotTaken(step._replace(step=Step.FULL)) from error


def _count_anew(locked: Locked, more: int) -> None:
    """Recount after a smaller party size: it frees seats, or a waiting party may fit now."""
    if locked.registration.state == RegistrationState.WAITING:
        seats.count_queue(locked)
    elif more < 0:
        seats.release(locked, -more)
    elif locked.registration.state == RegistrationState.CONFIRMED:
        seats.count_confirmed(locked)

"""Changing a registration: how many come, what they answered, in which language they get mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask_stadtlabor import signals
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import NextStep, Phase, Step, next_step, phase_of
from flask_stadtlabor.registration import mails, seats
from flask_stadtlabor.registration.applying import NotTaken
from flask_stadtlabor.registration.models import (
    ACTIVE,
    SEATED,
    Registration,
    RegistrationState,
)
from flask_stadtlabor.registration.states import NotPossible, end_overdue, is_overdue, locked
from flask_stadtlabor.registration.waiting_list import promote
from flask_stadtlabor.state import now, session


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How a registration shall be from now on."""

    party_size: int
    companions: tuple[str, ...] = ()
    answers: Mapping[str, Any]
    support_needs: str | None = None
    language: str


def can_be_changed(registration: Registration) -> bool:
    """Whether :func:`change` would do anything: not once it ended or the event is gone."""
    return (
        registration.state in ACTIVE
        and not is_overdue(registration)
        and phase_of(registration.event, now()) not in (Phase.OVER, Phase.CANCELLED)
    )


def change(registration: Registration, wish: Wish) -> frozenset[str]:
    """Make it so; returns the names of the columns that changed.

    A larger party takes the seats it is missing, or none: raises :class:`NotTaken` where there are
    not enough, or where others wait for them, or while the event takes no registrations. A smaller
    one frees seats for those who wait. A waiting party keeps its place. Raises
    :class:`NotPossible` for a registration that has ended.
    """
    event = locked(registration)
    if not can_be_changed(registration):
        raise NotPossible
    changed = {name for name, value in asdict(wish).items() if getattr(registration, name) != value}
    if not changed:
        return frozenset()
    more = wish.party_size - registration.party_size
    if more > 0:
        _grow(event, registration, more)
    for name in changed:
        setattr(registration, name, getattr(wish, name))
    session().flush()
    state = registration.state
    if more:
        _count_anew(event, registration, more)
        promote(event)
    if registration.state == state:
        mails.send("updated", registration)
    names = frozenset(changed)
    signals.send(signals.registration_changed, registration=registration, changes=names)
    return names


def _grow(event: Event, registration: Registration, more: int) -> None:
    """Take ``more`` seats, all or none; a party that waits takes none, but may not be too large."""
    if registration.state == RegistrationState.WAITING:
        step = next_step(event, now())
        if event.capacity is not None and registration.party_size + more > event.capacity:
            raise NotTaken(NextStep(Step.FULL))
    else:
        if not seats.fits(event, more):
            end_overdue(event)
        step = next_step(event, now())
    if step.step in (Step.OPENS_LATER, Step.CLOSED, Step.POSTPONED, Step.COME):
        raise NotTaken(step)
    if registration.state in SEATED and not seats.take(event, more):
        raise NotTaken(step._replace(step=Step.FULL))


def _count_anew(event: Event, registration: Registration, more: int) -> None:
    """A smaller party leaves room; one that waits may now be the one that fits."""
    if registration.state == RegistrationState.WAITING:
        seats.count_queue(event)
    elif more < 0:
        seats.release(event, -more)
    elif registration.state == RegistrationState.CONFIRMED:
        seats.count_confirmed(event)

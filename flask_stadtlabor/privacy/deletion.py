"""Deletes registrations and all dependent rows, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, update

from flask_stadtlabor.consent.answers.subjects import forget_silent
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import OFF
from flask_stadtlabor.outbox.operations import delete_waiting_mails
from flask_stadtlabor.registration.allocation import seats
from flask_stadtlabor.registration.mails.address_links import find_anew
from flask_stadtlabor.registration.models import (
    SEATED,
    AccessToken,
    DeskNotice,
    LaterForm,
    OfflineArrival,
    Registration,
    RegistrationState,
)
from flask_stadtlabor.transactions import change_rows


class DeletionRow(NamedTuple):
    """A registration that is to be deleted."""

    id: int
    subject: str
    state: str
    party_size: int
    email: str | None
    keeps_links: bool
    """Whether its links have to work on, because a consent is in force (C13)."""


class Deleted(NamedTuple):
    """How many rows went."""

    registrations: int
    links: int
    mails: int


def delete_registrations(within: LockedEvent, doomed: Sequence[DeletionRow]) -> Deleted:
    """Delete registrations of an event.

    Every dependent row is named here: SQLite follows no foreign key unless it is told to.
    """
    ids = [row.id for row in doomed]
    subjects = [row.subject for row in doomed]
    change_rows(
        update(AccessToken)
        .where(AccessToken.registration_id.in_([row.id for row in doomed if row.keeps_links]))
        .values(registration_id=None)
    )
    links = change_rows(delete(AccessToken).where(AccessToken.registration_id.in_(ids)))
    change_rows(delete(DeskNotice).where(DeskNotice.registration_id.in_(ids)))
    change_rows(delete(LaterForm).where(LaterForm.registration_id.in_(ids)))
    change_rows(delete(OfflineArrival).where(OfflineArrival.registration_id.in_(ids)))
    mails = delete_waiting_mails(subjects)
    registrations = change_rows(delete(Registration).where(Registration.id.in_(ids)))
    seats.note_change(within)
    _let_go(within, doomed)
    find_anew({row.email for row in doomed if row.email is not None})
    forget_silent(subjects)
    return Deleted(registrations, links, mails)


def _let_go(within: LockedEvent, doomed: Sequence[DeletionRow]) -> None:
    """Update the event's counters after the deletion.

    An event that took place keeps its ``seats_taken``, which go on telling how many had a seat, and
    so does one at which they are inside.
    """
    if any(row.state == RegistrationState.WAITING for row in doomed):
        seats.count_queue(within)
    seated = sum(row.party_size for row in doomed if row.state in SEATED)
    kept = 0 if within.event.status in OFF else _confirmed(doomed)
    if kept:
        seats.unname(within, kept)
    if seated > kept:
        seats.release(within, seated - kept)


def _confirmed(doomed: Sequence[DeletionRow]) -> int:
    return sum(row.party_size for row in doomed if row.state == RegistrationState.CONFIRMED)

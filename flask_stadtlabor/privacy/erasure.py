"""Erasing a person's data (Art. 17 GDPR): all of it goes but what the ledger has to prove.

The ledger's entries stay under their pseudonym, which leads to nobody any more.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import delete, select

from flask_stadtlabor import signals
from flask_stadtlabor.consent.answers import operations as consent
from flask_stadtlabor.consent.answers.status import history
from flask_stadtlabor.consent.answers.subjects import forget_silent
from flask_stadtlabor.consent.models import ActorKind, Method
from flask_stadtlabor.events.locks import LockedEvent, lock_event
from flask_stadtlabor.outbox.operations import delete_waiting_mails
from flask_stadtlabor.participation.mine.erasure import erase_participants
from flask_stadtlabor.participation.moderation.operations.belongings import forget_reporters
from flask_stadtlabor.privacy.deletion import DeletionRow, delete_registrations
from flask_stadtlabor.privacy.people import Person
from flask_stadtlabor.registration import later_forms
from flask_stadtlabor.registration.locks import lock_found
from flask_stadtlabor.registration.models import AccessToken, Registration
from flask_stadtlabor.registration.operations import transitions
from flask_stadtlabor.registration.operations.earlier_yeses import end_yeses_around
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import change_rows


class Erased(NamedTuple):
    """What was done."""

    registrations: int
    """How many were deleted."""
    cancelled: int
    """How many of them were cancelled before."""
    gave_seats: int
    """How many of those left seats to others."""
    withdrawn: int
    """How many consents ended."""
    kept: int
    """How many entries of the ledger stay, under a pseudonym."""
    participations: int = 0
    """How many participants were deleted, with all that they take part in."""


def erase(person: Person, *, method: Method, keeps_texts: bool = False) -> Erased:
    """Delete what is stored about ``person``; does nothing the second time.

    Registrations of events to come are cancelled first, so that their seats go to those who wait.
    Consents in force are withdrawn by that ``method``: by the person where they pressed a button,
    and by staff on paper where staff carries out a request that it has in writing. With
    ``keeps_texts`` what they wrote for everybody stays, without a name.
    """
    # all events first, in one order for everybody, and the ledger after them
    events = [lock_event(event) for event in person.events]
    theirs = select(Registration).where(Registration.id.in_(person.registrations))
    found = [(within, lock_found(within, theirs.order_by(Registration.id))) for within in events]
    cancelled = gave_seats = 0
    for _, registrations in found:
        for locked in registrations:
            if frees_seats(locked.registration):
                gave_seats += locked.registration.leaves_seats
                transitions.cancel(locked)
                cancelled += 1
            else:
                later_forms.settle(locked)
    rows = [locked.registration for _, registrations in found for locked in registrations]
    under_age = {row.subject for row in rows if row.is_under_age}
    withdrawn = 0
    for subject in person.subjects:
        by = ActorKind.GUARDIAN if subject in under_age else ActorKind.SUBJECT
        actor = ActorKind.STAFF if method == Method.PAPER else by
        withdrawn += consent.withdraw_all(subject, actor=actor, method=method)
    for within, registrations in found:
        deleted = [locked.registration for locked in registrations]
        # after this, nobody can tell whose earlier yes a no among them was about (C15)
        end_yeses_around(within, [row.id for row in deleted])
        _delete(within, deleted)
    participations = erase_participants(person.participants, keeps_texts=keeps_texts)
    _delete_traces(person)
    kept = sum(len(history(subject)) for subject in person.subjects)
    session().flush()
    signals.send(signals.person_erased, email=person.address, subjects=person.subjects)
    return Erased(len(rows), cancelled, gave_seats, withdrawn, kept, participations)


def frees_seats(registration: Registration) -> bool:
    """Whether erasing it cancels it: not once the event is over, or while they are in.

    The seats of whoever is inside stay taken until the event ends, without a registration.
    """
    return transitions.can_be_cancelled(registration)


def _delete(within: LockedEvent, rows: list[Registration]) -> None:
    delete_registrations(
        within,
        [
            DeletionRow(
                row.id, row.subject, row.state, row.party_size, row.email, keeps_links=False
            )
            for row in rows
        ],
    )


def _delete_traces(person: Person) -> None:
    """Links and mails, those of registrations too that are gone already."""
    change_rows(delete(AccessToken).where(AccessToken.subject.in_(person.subjects)))
    delete_waiting_mails(person.subjects, person.address)
    forget_reporters(person.reports_with)
    forget_silent(person.subjects)

"""Erasing a person's data (Art. 17 GDPR): all of it goes but what the ledger has to prove.

The ledger's entries stay under their pseudonym, which leads to nobody any more.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor import signals
from flask_stadtlabor.consent import operations as consent
from flask_stadtlabor.consent.in_force import history, statuses
from flask_stadtlabor.consent.models import By, Method
from flask_stadtlabor.consent.subjects import forget_silent
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import Phase, phase_of
from flask_stadtlabor.outbox.operations import delete_waiting_mails
from flask_stadtlabor.privacy.deletion import Doomed, delete_registrations
from flask_stadtlabor.privacy.people import Person
from flask_stadtlabor.registration import seats, states
from flask_stadtlabor.registration.models import ACTIVE, AccessToken, Registration
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows


class Erased(NamedTuple):
    """What was done."""

    registrations: int
    """How many were deleted."""
    cancelled: int
    """How many of them somebody else gets the seats of."""
    withdrawn: int
    """How many consents ended."""
    kept: int
    """How many entries of the ledger stay, under a pseudonym."""


def erase(person: Person, *, method: Method) -> Erased:
    """Delete what is stored about ``person``; does nothing the second time.

    Registrations of events to come are cancelled first, so that their seats go to those who wait.
    Consents in force are withdrawn by that ``method``: by the person where they pressed a button,
    and by staff on paper where staff carries out a request that it has in writing.
    """
    # all events first, in one order for everybody, and the ledger after them
    for event in person.events:
        seats.lock(event)
    rows = _locked_registrations(person)
    cancelled = 0
    for row in rows:
        if frees_seats(row):
            states.cancel(row)
            cancelled += 1
    under_age = {row.subject for row in rows if row.is_under_age}
    withdrawn = 0
    for subject in person.subjects:
        by = By.GUARDIAN if subject in under_age else By.SUBJECT
        withdrawn += _withdraw_all(subject, By.STAFF if method == Method.PAPER else by, method)
    for event in person.events:
        _delete(event, [row for row in rows if row.event_id == event.id])
    _delete_traces(person)
    kept = sum(len(history(subject)) for subject in person.subjects)
    session().flush()
    signals.send(signals.person_erased, email=person.address, subjects=person.subjects)
    return Erased(len(rows), cancelled, withdrawn, kept)


def frees_seats(registration: Registration) -> bool:
    """Whether erasing it cancels something: not where the event is over, or they do not come."""
    return registration.state in ACTIVE and phase_of(registration.event, now()) != Phase.OVER


def _locked_registrations(person: Person) -> list[Registration]:
    """The registrations that are still there, with their events."""
    rows = list(
        session().scalars(
            select(Registration)
            .where(Registration.id.in_(person.registrations))
            .order_by(Registration.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    events = {event.id: event for event in person.events}
    for row in rows:
        set_committed_value(row, "event", events[row.event_id])
    return rows


def _withdraw_all(subject: str, by: By, method: Method) -> int:
    return sum(
        consent.withdraw(subject, status.slug, actor=by, method=method)
        for status in statuses(subject)
        if status.can_be_withdrawn
    )


def _delete(event: Event, rows: list[Registration]) -> None:
    delete_registrations(
        event,
        [
            Doomed(row.id, row.subject, row.state, row.party_size, row.email, keeps_links=False)
            for row in rows
        ],
    )


def _delete_traces(person: Person) -> None:
    """Links and mails, those of registrations too that are gone already."""
    change_rows(delete(AccessToken).where(AccessToken.subject.in_(person.subjects)))
    delete_waiting_mails(person.subjects, person.address)
    forget_silent(person.subjects)

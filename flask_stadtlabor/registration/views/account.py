"""What somebody who is signed in at the host has registered for, and what is in their account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from flask_stadtlabor.consent.answers.status import ConsentStatus, statuses_of
from flask_stadtlabor.events.models import EventStatus
from flask_stadtlabor.events.next_step import Phase, phase_of
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.ports import Actor
from flask_stadtlabor.registration.accounts import registrations_of, require_signed_in
from flask_stadtlabor.registration.forms.button import button_problems, is_about_another, mark_of
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.operations import account
from flask_stadtlabor.registration.refusals import InOtherAccount
from flask_stadtlabor.registration.standing import standing_sentence
from flask_stadtlabor.registration.tickets import has_ticket
from flask_stadtlabor.registration.views.link_session import (
    leave,
    open_from_account,
    opened,
    opened_registration,
)
from flask_stadtlabor.registration.views.overview import show_page
from flask_stadtlabor.state import now
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


class Entry(NamedTuple):
    """A registration in the list."""

    registration: Registration
    mark: str
    """What names it in addresses: nothing that tells how many registrations there are."""
    sentence: str
    phase: Phase
    has_ticket: bool
    consents: list[ConsentStatus]

    @property
    def is_over(self) -> bool:
        """Whether the event is over; one that was postponed is still to come."""
        event = self.registration.event
        return event.ends_at <= now() and event.status != EventStatus.POSTPONED


class MyRegistrations(NamedTuple):
    """What is in an account."""

    coming: list[Entry]
    """The next event first."""
    past: list[Entry]
    """The latest first."""


def my_registrations(actor: Actor) -> MyRegistrations:
    """What the actor has registered for; two statements for any number."""
    entries = _entries(registrations_of(actor))
    return MyRegistrations(
        [entry for entry in entries if not entry.is_over],
        [entry for entry in reversed(entries) if entry.is_over],
    )


def open_mine(mark: str) -> ResponseReturnValue:
    """Open a registration of the account; 404 for one that is not in it."""
    return _open(mark, "registration")


def open_my_ticket(mark: str) -> ResponseReturnValue:
    """Open the ticket of a registration of the account."""
    return _open(mark, "ticket")


def add() -> ResponseReturnValue:
    """Whoever has the personal link and is signed in takes the registration into their account."""
    registration, actor = opened_registration(), require_signed_in()
    problems = button_problems(registration.subject)
    if problems:
        return show_page(opened(), problems, 422)
    try:
        commit(lambda: account.add(lock_registration(registration), actor))
    except InOtherAccount:
        return show_page(opened(), [_in_other_account()], 409)
    return see_other("registration", now="added")


def remove() -> ResponseReturnValue:
    """Whoever has the personal link, or the account, takes the registration out of the account."""
    mine, registration = opened(), opened_registration()
    problems = button_problems(registration.subject)
    if problems:
        return show_page(mine, problems, 422)
    commit(lambda: account.remove(lock_registration(registration)))
    if mine.is_account:
        leave()
        return see_other("my_registrations", now="removed")
    return see_other("registration", now="removed")


def _open(mark: str, page: str) -> ResponseReturnValue:
    rows = registrations_of(require_signed_in())
    found = next((row for row in rows if not is_about_another(mark, row.subject)), None)
    if found is None:
        raise NotFound
    open_from_account(found)
    return see_other(page)


def _entries(rows: Sequence[Registration]) -> list[Entry]:
    """One statement for the consents of all of them."""
    consents = statuses_of([row.subject for row in rows])
    return [
        Entry(
            registration=row,
            mark=mark_of(row.subject),
            sentence=standing_sentence(row),
            phase=phase_of(row.event, now()),
            has_ticket=has_ticket(row),
            consents=consents[row.subject],
        )
        for row in rows
    ]


def _in_other_account() -> str:
    return _sl(
        "Nothing has been changed: this registration is in another account. If that account is not "
        "yours, remove the registration from it first. You find the button below."
    )

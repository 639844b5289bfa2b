"""Whose data it is about: all under an address or in an account, or what one link, ticket or
receipt shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import joinedload

from flask_stadtlabor.addresses import NoAddress, address_keys, bare_address, stored_address
from flask_stadtlabor.consent.models import ConsentEntry
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.operations import is_mail_about
from flask_stadtlabor.participation.moderation.operations.belongings import is_reported_by
from flask_stadtlabor.participation.people.current import Identity, of_account
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.registration import ticket_codes
from flask_stadtlabor.registration.accounts import account_keys, is_in_account
from flask_stadtlabor.registration.links import LinkAccess
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.state import session

REFERENCE = r"[0-9a-f]{32}"


class NamesNobody(ValueError):
    """The text is no mail address, ticket code or reference."""


@dataclass(frozen=True)
class Person:
    """What belongs to one person, as far as it can be told."""

    address: str | None
    """Where everything under an address is meant."""
    registrations: tuple[int, ...]
    """The numbers of their registrations."""
    events: tuple[Event, ...]
    """The events of these, each once, in the order in which they are to be locked."""
    subjects: tuple[str, ...]
    """Their pseudonyms in the consent ledger."""
    reached_at: tuple[str, ...]
    """The addresses of these registrations, under which there may be others."""
    participants: tuple[int, ...] = ()
    """The numbers of the participants that they are."""
    proved: str | None = None
    """An address that is theirs, where not everything under it is meant: only what they reported
    with it."""

    @property
    def reports_with(self) -> tuple[str, ...]:
        """The addresses with which they reported texts."""
        return tuple(each for each in (self.address, self.proved) if each is not None)


def find_person(text: str | None, *, account: str | None = None) -> Person | None:
    """The person that staff or a host names; None where nothing is stored about them.

    By an e-mail address in any case, by the code of a ticket for somebody who gave no address, or
    by the reference on a receipt, which alone leads to the ledger once the registration is gone.
    ``account`` is the host's key of an account, for all that is in it, beside the rest or alone.
    Raises :class:`NamesNobody` for anything else, by which nobody can be found.
    """
    by_account = _by_account(account) if account else None
    if text is None:
        if not account:
            raise NamesNobody("")
        return by_account
    found = [person for person in (_by_text(text), by_account) if person is not None]
    return _one_person(found) if found else None


def _by_text(text: str) -> Person | None:
    if "@" in text:
        return _by_address(_stored_address(text))
    reference = text.strip().lower()
    if re.fullmatch(REFERENCE, reference):
        return _by_reference(reference)
    code = ticket_codes.normal(text)
    if code is None:
        raise NamesNobody(text)
    return _of(Registration.ticket_code == code)


def _by_account(key: str) -> Person | None:
    found = _of(is_in_account(key))
    return _with_participants(found, Participant.account_key.in_(account_keys(key)))


def _one_person(found: Sequence[Person]) -> Person:
    """What was found in several ways about one person, each thing once."""
    events = {event.id: event for person in found for event in person.events}
    return Person(
        next((person.address for person in found if person.address), None),
        tuple(sorted({number for person in found for number in person.registrations})),
        tuple(events[number] for number in sorted(events)),
        tuple(dict.fromkeys(subject for person in found for subject in person.subjects)),
        tuple(dict.fromkeys(address for person in found for address in person.reached_at)),
        tuple(sorted({number for person in found for number in person.participants})),
    )


def behind_link(opened: LinkAccess) -> Person:
    """What a personal link proves to be somebody's: this one registration and its consents."""
    registration = opened.registration
    if registration is None:
        return Person(None, (), (), (opened.subject,), ())
    reached_at = (registration.email,) if registration.email else ()
    return Person(None, (registration.id,), (registration.event,), (opened.subject,), reached_at)


def behind_participant(who: Identity) -> Person:
    """What somebody's own page proves to be theirs: what they take part in, and their account."""
    account = _by_account(who.account.key) if who.account is not None else None
    # those of the account's confirmed address too, which are joined when they next do something
    own = of_account(who.account) if who.account is not None else [who.participant]
    numbers = tuple(one.id for one in own if one is not None)
    reached_at = tuple(one.email for one in own if one is not None and one.email)
    found = account or Person(None, (), (), (), ())
    reached_at = tuple(dict.fromkeys((*found.reached_at, *reached_at)))
    # of an account, only what the host has confirmed
    return replace(found, participants=numbers, reached_at=reached_at, proved=who.address)


def _by_address(address: str) -> Person | None:
    keys = address_keys(address)
    found = _with_participants(
        _of(Registration.address_key.in_(keys), address), Participant.address_key.in_(keys), address
    )
    if found is not None:
        return found
    has_mail = exists().where(is_mail_about((), address))
    has_reported = exists().where(is_reported_by([address]))
    is_known = session().scalar(select(or_(has_mail, has_reported)))
    return Person(address, (), (), (), (address,)) if is_known else None


def _with_participants(
    person: Person | None, condition: ColumnElement[bool], address: str | None = None
) -> Person | None:
    """The person with the participants that they are; None where nothing is stored at all."""
    numbers = tuple(session().scalars(select(Participant.id).where(condition)))
    if not numbers:
        return person
    reached_at = (address,) if address is not None else ()
    return replace(person or Person(address, (), (), (), reached_at), participants=numbers)


def _by_reference(reference: str) -> Person | None:
    found = _of(Registration.subject == reference)
    if found is not None:
        return found
    is_in_ledger = session().scalar(select(exists().where(ConsentEntry.subject == reference)))
    return Person(None, (), (), (reference,), ()) if is_in_ledger else None


def _of(condition: ColumnElement[bool], address: str | None = None) -> Person | None:
    rows = (
        session()
        .scalars(
            select(Registration)
            .where(condition)
            .order_by(Registration.id)
            .options(joinedload(Registration.event))
        )
        .all()
    )
    if not rows:
        return None
    events = {row.event_id: row.event for row in rows}
    return Person(
        address,
        tuple(row.id for row in rows),
        tuple(events[number] for number in sorted(events)),
        tuple(row.subject for row in rows),
        tuple({row.email for row in rows if row.email}),
    )


def _stored_address(text: str) -> str:
    """The form in which forms store an address; one that cannot be right stays as it is."""
    try:
        return stored_address(text)
    except NoAddress:
        return bare_address(text)

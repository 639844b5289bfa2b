"""Finding or making the participant in whose name something is done, joining two, forgetting one.

Operations flush; the caller commits. Two requests that make the same participant at the same moment
meet in a unique key, and :func:`~flask_stadtlabor.transactions.commit` runs the second again.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from flask_stadtlabor.addresses import address_key, address_keys
from flask_stadtlabor.i18n import language
from flask_stadtlabor.outbox.operations import let_concern
from flask_stadtlabor.participation.people.current import (
    Identity,
    confirmed_address,
    of_account,
    with_address,
)
from flask_stadtlabor.participation.people.joining import joiners
from flask_stadtlabor.participation.people.links import end_links_of
from flask_stadtlabor.participation.people.models import Participant, ParticipantLink
from flask_stadtlabor.ports import Actor
from flask_stadtlabor.registration.accounts import account_key, account_keys
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows

UNCONFIRMED_KEPT = timedelta(days=7)
"""How long an address is kept that was typed and never confirmed, with what waits for it."""


def contributor(identity: Identity) -> Participant:
    """The participant of somebody who is known; made when they first take part.

    An account whose confirmed address has taken part before goes on as that participant, and two
    are joined. Raises ``ValueError`` for a stranger.
    """
    if identity.account is not None:
        found = _of_account(identity.account)
    elif identity.address is not None:
        found = with_address(identity.address) or _new(identity.address)
    else:
        raise ValueError("Nobody is known.")
    if found.confirmed_at is None:
        # until now, whoever typed the address chose the language of its mails
        found.confirmed_at, found.language = now(), language()
    session().flush()
    return found


def awaited(address: str) -> Participant:
    """The participant of an address that somebody typed, who has to open a link in a mail first."""
    found = with_address(address)
    if found is None:
        found = _new(address)
    else:
        # a row is written for a known address as well, so that it takes as long (S2); until the
        # address is confirmed, its time counts from what was written last
        began = now() if found.confirmed_at is None else found.created_at
        same = update(Participant).where(Participant.id == found.id)
        change_rows(same.values(created_at=began))
    session().flush()
    return found


def remember_name(participant: Participant, public_name: str | None) -> None:
    """Keep the name that somebody gave, for the next form."""
    participant.public_name = public_name
    session().flush()


def suggest_name(number: int, public_name: str | None) -> None:
    """Keep the name at what somebody publishes, for the next form, unless they have one already.

    What waits for a link may name somebody whom nobody knew when it was written.
    """
    participant = session().get_one(Participant, number)
    if participant.public_name is None:
        remember_name(participant, public_name)


def remember_published(number: int) -> None:
    """Remember that everybody can read something of a participant's."""
    participant = session().get_one(Participant, number)
    if participant.first_published_at is None:
        participant.first_published_at = now()
        session().flush()


def set_up(
    participant: Participant, public_name: str | None, *, wants_digest: bool, wants_answers: bool
) -> None:
    """Keep what somebody chose on their page."""
    participant.public_name = public_name
    participant.wants_digest, participant.wants_answers = wants_digest, wants_answers
    session().flush()


def join(kept: Participant, gone: Participant) -> None:
    """Make two participants one: the account's stays, with the address of the other."""
    for move in joiners():
        move(kept, gone)
    # its address is another one now: links to the former one must not open its page
    end_links_of(kept)
    links = update(ParticipantLink).where(ParticipantLink.participant_id == gone.id)
    change_rows(links.values(participant_id=kept.id))
    change_rows(delete(Participant).where(Participant.id == gone.id))
    # with the address come the links in mails to it, which go on ending them
    let_concern(kept.mark, gone.mark)
    kept.mark, kept.email, kept.address_key = gone.mark, gone.email, gone.address_key
    kept.public_name = kept.public_name or gone.public_name
    kept.wants_digest = kept.wants_digest and gone.wants_digest
    kept.first_published_at = kept.first_published_at or gone.first_published_at
    kept.wants_answers = kept.wants_answers and gone.wants_answers
    session().expunge(gone)
    session().flush()


def delete_participants(condition: ColumnElement[bool]) -> int:
    """Delete these participants with their links; returns how many."""
    # SQLite cascades only where a host has switched that on
    theirs = select(Participant.id).where(condition)
    change_rows(delete(ParticipantLink).where(ParticipantLink.participant_id.in_(theirs)))
    return change_rows(delete(Participant).where(condition))


def count_unconfirmed() -> int:
    """How many :func:`delete_unconfirmed` would delete now."""
    return session().scalar(select(func.count(Participant.id)).where(is_unconfirmed())) or 0


def is_unconfirmed() -> ColumnElement[bool]:
    """The participants whose address was typed, and not confirmed within the time for that."""
    return and_(
        Participant.confirmed_at.is_(None), Participant.created_at <= now() - UNCONFIRMED_KEPT
    )


def _of_account(actor: Actor) -> Participant:
    own = of_account(actor)
    if not own:
        return _new(_free_address(actor), account=actor)
    found = own[0]
    if len(own) > 1:
        join(found, own[1])
    found.account_key = account_key(actor.key)
    confirmed = confirmed_address(actor)
    if confirmed is None or found.address_key in address_keys(confirmed):
        return found
    address = _free_address(actor)
    if address is not None:
        # the account's address is another one now: links to the former one must not open its page
        end_links_of(found)
        found.email, found.address_key = address, address_key(address)
    return found


def _free_address(actor: Actor) -> str | None:
    """The confirmed address, unless the participant of another account has it."""
    address = confirmed_address(actor)
    holder = with_address(address) if address is not None else None
    is_taken = holder is not None and holder.account_key not in (None, *account_keys(actor.key))
    return None if is_taken else address


def _new(address: str | None, *, account: Actor | None = None) -> Participant:
    participant = Participant(
        account_key=account_key(account.key) if account is not None else None,
        address_key=address_key(address) if address is not None else None,
        email=address,
        public_name=(account.name or None) if account is not None else None,
        language=language(),
        created_at=now(),
    )
    session().add(participant)
    return participant

"""Staff corrects who somebody is and how they are reached (Art. 16 GDPR).

Seats, state and consents stay: they belong to the registration, whose pseudonym stands in the
ledger. Nobody does this for themselves, or a consent could be passed on to another name.
"""

from __future__ import annotations

from sqlalchemy import delete

from flask_stadtlabor import signals
from flask_stadtlabor.outbox.operations import NOW, Turn, delete_waiting_mails
from flask_stadtlabor.registration import later_forms
from flask_stadtlabor.registration.locks import Locked
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.address_links import find_anew
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import ACTIVE, PENDING, AccessToken, RegistrationState
from flask_stadtlabor.registration.operations.earlier_yeses import end_yeses_around
from flask_stadtlabor.registration.operations.signup import active_key, active_registration
from flask_stadtlabor.registration.operations.transitions import end_overdue
from flask_stadtlabor.registration.refusals import AddressTaken
from flask_stadtlabor.registration.requests import PersonDetails
from flask_stadtlabor.registration.seen import what_differs
from flask_stadtlabor.registration.ticket_codes import new_ticket_code
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import change_rows


def correct(locked: Locked, details: PersonDetails, *, seen: str) -> frozenset[str]:
    """Make it so; returns the names of the columns that changed.

    Another address gets a mail with the link, and ends what went to the one before. ``seen`` is
    the mark of what the page showed. Raises :class:`~.refusals.ChangedMeanwhile` where something
    else is stored by now, and :class:`AddressTaken`.
    """
    registration = locked.registration
    former_address = registration.email
    right = what_differs(registration, details, seen)
    if not right:
        return frozenset()
    if "email" in right:
        _take_address(locked, details.email)
        _follow_noes(locked)
    for name, value in right.items():
        setattr(registration, name, value)
    session().flush()
    if "email" in right:
        _leave_former_address(locked, former_address)
        _write_to_new_address(locked)
    changes = frozenset(right)
    signals.send(signals.registration_changed, registration=registration, changes=changes)
    return changes


def _take_address(locked: Locked, email: str | None) -> None:
    event, registration = locked.event, locked.registration
    # a hold whose time is over keeps no address from anybody
    end_overdue(locked)
    if registration.state not in ACTIVE:
        return
    known = active_registration(locked, email)
    if known is not None and known.registration.id != registration.id:
        raise AddressTaken
    registration.active_key = active_key(event, email)


def _follow_noes(locked: Locked) -> None:
    """All noes of the former address count (C15), here and for an earlier registration under it.

    The rest of a later form was written by whoever has that address, so that it is dropped.
    """
    if locked.registration.email is not None:
        later_forms.settle(locked)
        end_yeses_around(locked, [locked.registration.id])


def _leave_former_address(locked: Locked, email: str | None) -> None:
    """Whoever has it gets no further mail, and no link, ticket or account of theirs opens anything.

    Somebody who had none keeps the link and the ticket on their sheet.
    """
    if email is None:
        return
    registration = locked.registration
    delete_waiting_mails([registration.subject])
    find_anew([email])
    change_rows(delete(AccessToken).where(AccessToken.registration_id == registration.id))
    registration.account_key = None
    registration.ticket_code = new_ticket_code()
    session().flush()


def _write_to_new_address(locked: Locked) -> None:
    """A hold or an offer of which nobody could know begins anew, with the mail that tells of it."""
    registration = locked.registration
    kind, turn = kinds.RECTIFIED, NOW
    if registration.state in PENDING and not registration.is_overdue:
        registration.expires_at = registration.new_deadline()
        kind = kinds.ABOUT_DEADLINE[RegistrationState(registration.state)]
        session().flush()
        # nobody at this address knows of the deadline before this mail has left
        turn = Turn(since=registration.created_at)
    send_mail(kind, registration, turn=turn)

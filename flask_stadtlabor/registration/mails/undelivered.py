"""Turns undeliverable mails into staff messages."""

from __future__ import annotations

from sqlalchemy import select

from flask_stadtlabor.exceptions import AlreadyDeleted
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.mails.details import Details
from flask_stadtlabor.registration.mails.kinds import BY_NAME
from flask_stadtlabor.registration.mails.send import leave_to_staff
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.state import session


def hand_to_staff(mail: OutboxMail) -> None:
    """Leave a mail to staff that is given up, unless it is a courtesy or true no longer.

    Locks the registration. Mails with links to all registrations, and checkpoints, have no
    registration and are skipped.
    """
    kind, address = BY_NAME.get(mail.kind), mail.recipient
    if kind is None or kind.is_courtesy:
        return
    found = session().scalar(
        select(Registration).where(
            Registration.subject == mail.concerns, Registration.email == address
        )
    )
    if found is None:
        return
    try:
        registration = lock_registration(found).registration
    except AlreadyDeleted:
        return
    if registration.email != address:
        # corrected before we had the lock: nothing tells that no mail arrives at the right address
        return
    if kind.deferred_in and registration.state not in kind.deferred_in:
        return
    leave_to_staff(
        kind, registration, Details.from_json(mail.tells), refused_address=registration.email
    )

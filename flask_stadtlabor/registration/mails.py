"""The mails of a registration: each in the registrant's language, with their personal link."""

from __future__ import annotations

import logging
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flask_stadtlabor.events.calendar import invitation
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import speak
from flask_stadtlabor.limits import within_limit
from flask_stadtlabor.outbox.mails import Mail, from_template
from flask_stadtlabor.outbox.message import CalendarPart, compose
from flask_stadtlabor.outbox.operations import enqueue, promise
from flask_stadtlabor.registration.change_words import NO_CHANGE, Change
from flask_stadtlabor.registration.links import personal_link
from flask_stadtlabor.registration.mail_words import words_for
from flask_stadtlabor.registration.models import (
    ACTIVE,
    DeskNotice,
    Registration,
    RegistrationState,
)
from flask_stadtlabor.state import Promised, now, session

logger = logging.getLogger(__name__)

CALENDAR_METHODS = {
    "confirmed": "REQUEST",
    "changed": "REQUEST",
    "updated": "REQUEST",
    "moved": "REQUEST",
    "resumed": "REQUEST",
    "cancelled": "CANCEL",
    "called_off": "CANCEL",
    # a date that is off must not stay in the calendar; "resumed" brings the entry back
    "postponed": "CANCEL",
}
"""What a mail does to the entry in a confirmed person's calendar (RFC 5546)."""
PROMISED: dict[str, tuple[RegistrationState, ...]] = {
    "confirm": (RegistrationState.HELD,),
    "confirmed": (RegistrationState.CONFIRMED,),
    "waiting": (RegistrationState.WAITING,),
    "known": ACTIVE,
}
"""Mails that a stranger can cause by typing an address, and the states in which they are true.

They are capped (S4), and only promised: whoever registers waits for no words, and neither do those
who want the next seat.
"""
MAIL_ONLY = frozenset({"reminder", "thank_you"})
"""Courtesies of a mail, with which staff need not go after people who have no address."""


def send(
    kind: str, registration: Registration, *, purpose_title: str = "", change: Change = NO_CHANGE
) -> bool:
    """Write the mail of this kind to the outbox; without an address, staff is to pass it on.

    Returns False for one that was left out, because its address has had its share for today. Only
    somebody who was confirmed once has an entry in their calendar that can be changed.
    """
    if registration.email is None:
        if kind not in MAIL_ONLY:
            session().add(DeskNotice(registration=registration, kind=kind, created_at=now()))
            session().flush()
        return True
    if kind in PROMISED:
        return _promise(kind, registration, registration.email)
    with speak(registration.language):
        enqueue(
            kind=kind,
            recipient=registration.email,
            concerns=registration.subject,
            **_message_parts(kind, registration, purpose_title, change),
        )
    return True


def promised_mail(promised: Promised) -> EmailMessage | None:
    """The mail of a registration, now that its turn has come.

    None where it would be true no longer, or the registration is not that address's any more.
    """
    registration = session().scalar(
        select(Registration)
        .where(
            Registration.subject == promised.concerns,
            Registration.email == promised.recipient,
            Registration.state.in_(PROMISED[promised.kind]),
        )
        .options(joinedload(Registration.event))
    )
    if registration is None:
        return None
    with speak(registration.language):
        parts = _message_parts(promised.kind, registration)
        return compose(recipient=promised.recipient, **parts)


def _promise(kind: str, registration: Registration, address: str) -> bool:
    if not within_limit("mail-address", address.casefold()):
        logger.info("A mail (%s) was left out: its address has had its share for today", kind)
        return False
    promise(kind=kind, recipient=address, concerns=registration.subject)
    return True


def _message_parts(
    kind: str, registration: Registration, purpose_title: str = "", change: Change = NO_CHANGE
) -> dict[str, Any]:
    """What a message is composed of, with a fresh link, in the current language."""
    link = personal_link(registration)
    mail = written(kind, registration, link=link, purpose_title=purpose_title, change=change)
    calendar = _calendar(kind, registration.event, registration)
    return {**mail._asdict(), "calendar": calendar}


def written(
    kind: str,
    registration: Registration,
    *,
    link: str,
    purpose_title: str = "",
    change: Change = NO_CHANGE,
) -> Mail:
    """The mail in the current language, as it would be sent; writes nothing."""
    mail = words_for(kind, registration, purpose_title, change)
    return from_template(
        "registration",
        mail.subject,
        mail=mail,
        registration=registration,
        event=registration.event,
        link=link,
    )


def _calendar(kind: str, event: Event, registration: Registration) -> CalendarPart | None:
    method = CALENDAR_METHODS.get(kind)
    if method is None or registration.confirmed_at is None:
        return None
    content = invitation(
        event,
        method=method,
        name=f"{registration.given_name} {registration.family_name}",
        email=registration.email or "",
    )
    return CalendarPart(method, content)

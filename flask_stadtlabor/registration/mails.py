"""The mails of a registration: each in the registrant's language, with their personal link."""

from __future__ import annotations

from flask_stadtlabor.events.calendar import invitation
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import speak
from flask_stadtlabor.outbox.mails import send_template
from flask_stadtlabor.outbox.message import CalendarPart
from flask_stadtlabor.registration.links import personal_link
from flask_stadtlabor.registration.mail_words import words_for
from flask_stadtlabor.registration.models import DeskNotice, Registration
from flask_stadtlabor.state import now, session

CALENDAR_METHODS = {
    "confirmed": "REQUEST",
    "changed": "REQUEST",
    "cancelled": "CANCEL",
    "called_off": "CANCEL",
}
"""What a mail does to the entry in a confirmed person's calendar (RFC 5546)."""
ASKED_FOR_BY_ANYONE = frozenset({"confirm", "confirmed", "waiting", "known"})
"""Mails that a stranger can cause by typing an address, and that are therefore capped (S4)."""


def send(kind: str, registration: Registration, *, purpose_title: str = "") -> None:
    """Write the mail of this kind to the outbox; without an address, staff is to pass it on.

    Only somebody who was confirmed once has an entry in their calendar that can be changed.
    """
    if registration.email is None:
        session().add(DeskNotice(registration=registration, kind=kind, created_at=now()))
        session().flush()
        return
    with speak(registration.language):
        mail = words_for(kind, registration, purpose_title)
        send_template(
            kind=kind,
            recipient=registration.email,
            template="registration",
            subject=mail.subject,
            context={
                "mail": mail,
                "registration": registration,
                "event": registration.event,
                "link": personal_link(registration),
            },
            calendar=_calendar(kind, registration.event, registration),
            about=registration.subject,
            capped=kind in ASKED_FOR_BY_ANYONE,
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

"""The mails of a registration: each in the registrant's language, with their personal link."""

from __future__ import annotations

from collections.abc import Callable

from flask_stadtlabor.events.calendar import invitation
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl, speak, words
from flask_stadtlabor.outbox.mails import send_template
from flask_stadtlabor.outbox.message import CalendarPart
from flask_stadtlabor.registration.links import personal_link
from flask_stadtlabor.registration.models import Registration

SUBJECTS: dict[str, Callable[[str], str]] = {
    "confirm": lambda title: _sl("Please confirm your registration: %(title)s", title=title),
    "confirmed": lambda title: _sl("You’re in: %(title)s", title=title),
    "waiting": lambda title: _sl("You’re on the waiting list: %(title)s", title=title),
    "offered": lambda title: _sl("There is room for you: %(title)s", title=title),
    "known": lambda title: _sl("Your registration: %(title)s", title=title),
    "cancelled": lambda title: _sl("You have cancelled: %(title)s", title=title),
    "expired": lambda title: _sl("Your reservation has ended: %(title)s", title=title),
    "withdrawn": lambda title: _sl("You have withdrawn your consent: %(title)s", title=title),
    "changed": lambda title: _sl("Something has changed: %(title)s", title=title),
    "called_off": lambda title: _sl("Cancelled: %(title)s", title=title),
    "postponed": lambda title: _sl("Postponed: %(title)s", title=title),
}
CALENDAR_METHODS = {
    "confirmed": "REQUEST",
    "changed": "REQUEST",
    "cancelled": "CANCEL",
    "called_off": "CANCEL",
}
"""What a mail does to the entry in a confirmed person's calendar (RFC 5546)."""
ASKED_FOR_BY_ANYONE = frozenset({"confirm", "confirmed", "waiting", "known"})
"""Mails that a stranger can cause by typing an address, and that are therefore capped (S4)."""


def send(kind: str, registration: Registration, **context: object) -> None:
    """Write the mail of this kind to the outbox; nobody without an address gets one.

    Only somebody who was confirmed once has an entry in their calendar that can be changed.
    """
    if registration.email is None:
        return
    event = registration.event
    with speak(registration.language):
        send_template(
            kind=kind,
            recipient=registration.email,
            template=kind,
            subject=SUBJECTS[kind](words(event.title)),
            context={
                "registration": registration,
                "event": event,
                "link": personal_link(registration),
                **context,
            },
            calendar=_calendar(kind, event, registration),
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

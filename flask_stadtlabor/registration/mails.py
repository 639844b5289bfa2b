"""The mails of a registration: each in the registrant's language, with their personal link."""

from __future__ import annotations

from flask_stadtlabor.events.calendar import invitation
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import speak
from flask_stadtlabor.outbox.mails import Mail, from_template, send_mail
from flask_stadtlabor.outbox.message import CalendarPart
from flask_stadtlabor.registration.change_words import NO_CHANGE, Change
from flask_stadtlabor.registration.links import personal_link
from flask_stadtlabor.registration.mail_words import words_for
from flask_stadtlabor.registration.models import DeskNotice, Registration
from flask_stadtlabor.state import now, session

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
ASKED_FOR_BY_ANYONE = frozenset({"confirm", "confirmed", "waiting", "known"})
"""Mails that a stranger can cause by typing an address, and that are therefore capped (S4)."""
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
    with speak(registration.language):
        return send_mail(
            written(
                kind,
                registration,
                link=personal_link(registration),
                purpose_title=purpose_title,
                change=change,
            ),
            kind=kind,
            recipient=registration.email,
            calendar=_calendar(kind, registration.event, registration),
            capped=kind in ASKED_FOR_BY_ANYONE,
            concerns=registration.subject,
        )


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
    if kind == "known" and not event.confirm_by_email:
        # a new address gets one at once, and a known one must cost as much time (S2)
        method = "REQUEST"
    if method is None or registration.confirmed_at is None:
        return None
    content = invitation(
        event,
        method=method,
        name=f"{registration.given_name} {registration.family_name}",
        email=registration.email or "",
    )
    return CalendarPart(method, content)

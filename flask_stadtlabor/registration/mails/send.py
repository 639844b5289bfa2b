"""The mails of a registration: each in the registrant's language, with their personal link."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from flask_stadtlabor.events.formats.calendar import invitation
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import use_language
from flask_stadtlabor.outbox.deferred import DeferredMail
from flask_stadtlabor.outbox.message import CalendarPart, compose
from flask_stadtlabor.outbox.operations import (
    NOW,
    Turn,
    enqueue,
    enqueue_deferred,
    place_of,
    take_back,
)
from flask_stadtlabor.outbox.templates import Mail, from_template
from flask_stadtlabor.registration.later_forms import a_later_form_differs
from flask_stadtlabor.registration.links import personal_link
from flask_stadtlabor.registration.mails.change_words import NO_CHANGE, Change
from flask_stadtlabor.registration.mails.plain_names import plain_name
from flask_stadtlabor.registration.mails.words import words_for
from flask_stadtlabor.registration.models import ACTIVE, DeskNotice, Registration, RegistrationState
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows

CALENDAR_METHODS = {
    "confirmed": "REQUEST",
    "changed": "REQUEST",
    "updated": "REQUEST",
    "updated_by_staff": "REQUEST",
    "moved": "REQUEST",
    "resumed": "REQUEST",
    "cancelled": "CANCEL",
    "called_off": "CANCEL",
    # a date that is off must not stay in the calendar; "resumed" brings the entry back
    "postponed": "CANCEL",
}
"""What a mail does to the entry in a confirmed person's calendar (RFC 5546)."""
DEFERRED: dict[str, tuple[RegistrationState, ...]] = {
    "confirm": (RegistrationState.HELD,),
    "confirmed": (RegistrationState.CONFIRMED,),
    "waiting": (RegistrationState.WAITING,),
    "known": ACTIVE,
}
"""Mails that a stranger can cause by typing an address, and the states in which they are true.

They are only promised: whoever registers waits for no words, and neither do those who want the next
seat. Beyond an address's share they are postponed (S4, :mod:`~.mails.share`), and of several that
say the same only the newest leaves.
"""
REPLACING = frozenset({"updated", "updated_by_staff"})
"""Mails that take the place of an older one of their kind that has not left: they begin with how it
is now."""
MAIL_ONLY = frozenset({"reminder", "thank_you"})
"""Courtesies of a mail, with which staff need not go after people who have no address."""


def send_mail(
    kind: str,
    registration: Registration,
    *,
    purpose_title: str = "",
    change: Change = NO_CHANGE,
    tells: dict[str, Any] | None = None,
    turn: Turn = NOW,
) -> None:
    """Write the mail of this kind to the outbox; without an address, staff is to pass it on.

    ``tells`` and ``turn`` are for the outbox. Only somebody who was confirmed once has an entry in
    their calendar that can be changed.
    """
    if registration.email is None:
        if kind not in MAIL_ONLY:
            # one that nobody has passed on yet is as good as the next of its kind, but older
            change_rows(
                delete(DeskNotice).where(
                    DeskNotice.registration_id == registration.id,
                    DeskNotice.kind == kind,
                    DeskNotice.done_at.is_(None),
                )
            )
            session().add(DeskNotice(registration=registration, kind=kind, created_at=now()))
            session().flush()
        return
    if kind in DEFERRED:
        enqueue_deferred(
            kind=kind, recipient=registration.email, concerns=registration.subject, turn=turn
        )
        return
    if kind in REPLACING:
        turn = place_of(take_back([registration.subject], [kind]))
    with use_language(registration.language):
        enqueue(
            kind=kind,
            recipient=registration.email,
            concerns=registration.subject,
            tells=tells,
            turn=turn,
            **_message_parts(kind, registration, purpose_title=purpose_title, change=change),
        )


def deferred_mail(promised: DeferredMail) -> EmailMessage | None:
    """The mail of a registration, now that its turn has come.

    None where it would be true no longer, or the registration is not that address's any more.
    """
    registration = session().scalar(
        select(Registration)
        .where(
            Registration.subject == promised.concerns,
            Registration.email == promised.recipient,
            Registration.state.in_(DEFERRED[promised.kind]),
        )
        .options(joinedload(Registration.event))
    )
    if registration is None:
        return None
    # looked for whatever mail it is, so that a known address is as much work as a new one (S2)
    to_choose = a_later_form_differs(registration)
    with use_language(registration.language):
        parts = _message_parts(promised.kind, registration, to_choose=to_choose)
        return compose(recipient=promised.recipient, **parts)


def _message_parts(
    kind: str,
    registration: Registration,
    *,
    purpose_title: str = "",
    change: Change = NO_CHANGE,
    to_choose: bool = False,
) -> dict[str, Any]:
    """What a message is composed of, with a fresh link, in the current language."""
    mail = written(
        kind,
        registration,
        link=personal_link(registration),
        purpose_title=purpose_title,
        change=change,
        to_choose=to_choose,
    )
    calendar = _calendar(kind, registration.event, registration)
    return {**mail._asdict(), "calendar": calendar}


def written(
    kind: str,
    registration: Registration,
    *,
    link: str,
    purpose_title: str = "",
    change: Change = NO_CHANGE,
    to_choose: bool = False,
) -> Mail:
    """The mail in the current language, as it would be sent; writes nothing."""
    mail = words_for(
        kind, registration, purpose_title=purpose_title, change=change, to_choose=to_choose
    )
    return from_template(
        "registration",
        mail.subject,
        mail=mail,
        registration=registration,
        name=plain_name(registration.given_name),
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
        name=plain_name(registration.given_name, registration.family_name),
        email=registration.email or "",
    )
    return CalendarPart(method, content)

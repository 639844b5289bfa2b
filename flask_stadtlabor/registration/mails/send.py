"""The mails of a registration: each in the registrant's language, with their personal link."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from flask_stadtlabor.events.formats.calendar import invitation
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import use_language, words
from flask_stadtlabor.outbox.deferred import DeferredMail
from flask_stadtlabor.outbox.message import CalendarPart, ReplyTo, compose
from flask_stadtlabor.outbox.operations import (
    NOW,
    Turn,
    enqueue,
    enqueue_deferred,
    place_of,
    take_back,
)
from flask_stadtlabor.outbox.templates import drawn
from flask_stadtlabor.registration.later_forms import found_differences
from flask_stadtlabor.registration.links import personal_link
from flask_stadtlabor.registration.mails.details import NO_DETAILS, Details
from flask_stadtlabor.registration.mails.kinds import BY_NAME, MailKind
from flask_stadtlabor.registration.mails.plain_names import plain_name
from flask_stadtlabor.registration.mails.render import words_for
from flask_stadtlabor.registration.models import DeskNotice, Registration
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows


def send_mail(
    kind: MailKind,
    registration: Registration,
    details: Details = NO_DETAILS,
    *,
    turn: Turn = NOW,
) -> None:
    """Write the mail of this kind to the outbox; without an address, staff is to pass it on."""
    if registration.email is None:
        leave_to_staff(kind, registration, details)
        return
    if kind.deferred_in:
        enqueue_deferred(
            kind=kind.name, recipient=registration.email, concerns=registration.subject, turn=turn
        )
        return
    # the link in its words needs the registration's number
    session().flush()
    if kind.replaces_waiting:
        turn = place_of(take_back([registration.subject], [kind.name]))
    with use_language(registration.language):
        enqueue(
            kind=kind.name,
            recipient=registration.email,
            concerns=registration.subject,
            tells=details.to_json(),
            turn=turn,
            **_message_parts(kind, registration, details),
        )


def leave_to_staff(
    kind: MailKind,
    registration: Registration,
    details: Details,
    *,
    refused_address: str | None = None,
) -> None:
    """Have staff tell somebody whom no mail reaches, unless it is a courtesy.

    ``refused_address`` is where the mail could not be delivered.
    """
    if kind.is_courtesy:
        return
    session().flush()
    if not kind.stands_alone:
        # one that nobody has passed on yet is as good as the next of its kind, but older
        change_rows(
            delete(DeskNotice).where(
                DeskNotice.registration_id == registration.id,
                DeskNotice.kind == kind.name,
                DeskNotice.done_at.is_(None),
            )
        )
    session().add(
        DeskNotice(
            registration=registration,
            kind=kind.name,
            tells=details.to_json(),
            refused_address=refused_address,
            created_at=now(),
        )
    )
    session().flush()


def deferred_mail(deferred: DeferredMail) -> EmailMessage | None:
    """The mail of a registration, now that its turn has come.

    None where it would be true no longer, or the registration is not that address's any more.
    """
    kind = BY_NAME[deferred.kind]
    registration = session().scalar(
        select(Registration)
        .where(
            Registration.subject == deferred.concerns,
            Registration.email == deferred.recipient,
            Registration.state.in_(kind.deferred_in),
        )
        .options(joinedload(Registration.event))
    )
    if registration is None:
        return None
    # looked for whatever mail it is, so that a known address is as much work as a new one (S2)
    found = found_differences(registration)
    with use_language(registration.language):
        details = Details(to_choose=found.is_choice, says_no=bool(found.refused))
        return compose(recipient=deferred.recipient, **_message_parts(kind, registration, details))


def _message_parts(
    kind: MailKind, registration: Registration, details: Details = NO_DETAILS
) -> dict[str, Any]:
    """What a message is composed of, with a fresh link, in the current language."""
    link = personal_link(registration)
    mail = drawn(words_for(kind, registration, details, link=link))
    return {
        **mail._asdict(),
        "calendar": _calendar(kind, registration.event, registration),
        "reply_to": _reply_to(registration.event),
    }


def _reply_to(event: Event) -> ReplyTo | None:
    """Whoever answers reaches the event's contact."""
    if event.contact is None or not event.contact.email:
        return None
    return ReplyTo(words(event.contact.name), event.contact.email)


def _calendar(kind: MailKind, event: Event, registration: Registration) -> CalendarPart | None:
    """Only somebody who was confirmed once has an entry in their calendar that can be changed."""
    if kind.calendar is None or registration.confirmed_at is None:
        return None
    content = invitation(
        event,
        method=kind.calendar,
        name=plain_name(registration.given_name, registration.family_name),
        email=registration.email or "",
    )
    return CalendarPart(kind.calendar, content)

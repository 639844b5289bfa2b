"""Staff registers somebody at a desk or at the door, and passes on what a mail would say."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor.consent import operations as consent
from flask_stadtlabor.consent.in_force import statuses
from flask_stadtlabor.consent.models import Act, By, Method
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import speak, words
from flask_stadtlabor.registration import applying, check_in, mails, seats, states
from flask_stadtlabor.registration.applying import Application, Choice
from flask_stadtlabor.registration.models import DeskNotice, Registration, Source
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows


class AtDesk(NamedTuple):
    """What became of somebody whom staff registered."""

    registration: Registration
    is_new: bool
    """False where the address was registered already; then nothing was written."""


def register(event: Event, application: Application) -> AtDesk:
    """Register a party for somebody.

    Staff may know who is registered, so that a known address leads to its registration. Raises
    :class:`~flask_stadtlabor.registration.applying.NotTaken`.
    """
    seats.lock(event)
    known = applying.active_registration(event, application.email)
    if known is not None and not states.is_overdue(known):
        return AtDesk(known, is_new=False)
    applying.register(event, application)
    # the event is locked, so that nobody else's can be newer
    newest = select(Registration).where(Registration.event_id == event.id)
    newest = newest.order_by(Registration.id.desc()).limit(1).with_for_update()
    return AtDesk(session().scalars(newest).one(), is_new=True)


def register_at_door(
    event: Event, application: Application, *, where: str | None, by: str
) -> AtDesk:
    """Register somebody who stands at the door, confirmed and checked in at once.

    Never goes over the capacity, and nobody waits at a door. Somebody who is registered already is
    left to the check-in. ``by`` has told them what a mail would say. Raises
    :class:`~flask_stadtlabor.registration.applying.NotTaken`.
    """
    found = register(event, replace(application, source=Source.DOOR))
    if found.is_new:
        pass_on_all(found.registration, by)
        check_in.check_in(found.registration, where)
    return found


def pass_on(notice: DeskNotice, by: str) -> bool:
    """Staff has told somebody what the notice is about; False when that was done before."""
    count = change_rows(
        update(DeskNotice)
        .where(DeskNotice.id == notice.id, DeskNotice.done_at.is_(None))
        .values(done_at=now(), done_by=by)
    )
    session().expire(notice)
    return count == 1


def pass_on_all(registration: Registration, by: str) -> None:
    """Staff has told somebody all there was to tell, because they are here."""
    change_rows(
        update(DeskNotice)
        .where(DeskNotice.registration_id == registration.id, DeskNotice.done_at.is_(None))
        .values(done_at=now(), done_by=by)
    )


def record_answers(
    registration: Registration, choices: tuple[Choice, ...], *, seen: int, method: Method
) -> None:
    """Write down what somebody answered to staff, on paper or on staff's screen.

    A yes that becomes a no is withdrawn, with a take-down task and a mail about it; an answer that
    stands already is not written again. ``seen`` is the latest answer that staff's page knew of;
    raises :class:`~flask_stadtlabor.consent.operations.AnsweredSince` for a yes after a later no.
    """
    subject = registration.subject
    before = {status.slug: status for status in statuses(subject)}
    given = [choice for choice in choices if choice.answer is not None]
    asked = [(choice.text, choice.purpose) for choice in given if choice.purpose not in before]
    consent.record_form(subject, asked, [], actor=By.STAFF, method=method)
    for choice in given:
        says_yes = choice.answer == Act.GIVEN
        said_yes = choice.purpose in before and before[choice.purpose].can_be_withdrawn
        is_new = consent.answer(
            subject,
            choice.purpose,
            choice.text,
            says_yes=says_yes,
            seen=seen,
            actor=By.STAFF,
            method=method,
        )
        if is_new and said_yes and not says_yes:
            _tell_of_withdrawal(registration, choice)


def _tell_of_withdrawal(registration: Registration, choice: Choice) -> None:
    """A mail with the link to the receipt; whoever has no address stands before staff."""
    if registration.email is not None:
        event = session().get_one(Event, registration.event_id)
        set_committed_value(registration, "event", event)
        with speak(registration.language):
            title = words(choice.text.title)
        mails.send("withdrawn", registration, purpose_title=title)

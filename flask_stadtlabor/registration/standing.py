"""Where a registration stands, in sentences, for lists and mails."""

from __future__ import annotations

from flask_stadtlabor.dates import format_moment
from flask_stadtlabor.events.standing import off_sentence
from flask_stadtlabor.i18n import _sl, _sln
from flask_stadtlabor.registration.models import ENDED, Registration, RegistrationState
from flask_stadtlabor.state import now


def standing_sentence(registration: Registration) -> str:
    """Where it stands, whatever became of it and of its event."""
    if registration.state == RegistrationState.CANCELLED:
        return _sl("You are not registered any more.")
    if registration.state in ENDED or registration.is_overdue:
        return _sl("Your registration has lapsed.")
    return off_sentence(registration.event) or seats_sentence(registration)


def seats_sentence(registration: Registration) -> str:
    """Whether an active registration has its seats, and until when they are kept."""
    event = registration.event
    until = format_moment(registration.expires_at or event.starts_at, event.timezone)
    people = registration.party_size
    if registration.state == RegistrationState.HELD:
        return _sln(
            "Not confirmed yet: your seat is held until %(moment)s.",
            "Not confirmed yet: your seats are held until %(moment)s.",
            people,
            moment=until,
        )
    if registration.state == RegistrationState.OFFERED:
        return _sln(
            "We are keeping a seat for you until %(moment)s.",
            "We are keeping seats for you until %(moment)s.",
            people,
            moment=until,
        )
    if registration.state == RegistrationState.WAITING:
        return _sl("You are on the waiting list.")
    return _sl("This event is over.") if event.ends_at <= now() else _sl("You’re registered.")

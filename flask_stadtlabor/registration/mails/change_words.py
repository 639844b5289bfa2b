"""What the mails say about what became of an event, in the current language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from flask_stadtlabor.dates import format_moment
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.registration.mails.parts import MailWords, deadline, title
from flask_stadtlabor.registration.models import Registration, RegistrationState


class Change(NamedTuple):
    """What became different about an event, as far as words are needed for it."""

    former_start: datetime | None = None
    """When it was to begin, where it was moved."""
    is_elsewhere: bool = False
    """Whether it takes place somewhere else now."""


NO_CHANGE = Change()


def _changed(event: Event, registration: Registration, change: Change) -> MailWords:
    return MailWords(
        _sl("Something has changed: %(title)s", title=title(event)),
        (
            _elsewhere(event)
            if change.is_elsewhere
            else _sl(
                "Something about your event has changed. This mail begins with how it is now."
            ),
            _sl("If you can’t come any more, please cancel with one click."),
        ),
        _sl("See or change my registration"),
    )


def _moved(event: Event, registration: Registration, change: Change) -> MailWords:
    return MailWords(
        _sl("New date: %(title)s", title=title(event)),
        (
            " ".join((_sl("The event has been moved."), _from_then_to_now(event, change))),
            *([_elsewhere(event)] if change.is_elsewhere else []),
            _still_counts(event, registration),
            _sl("If the new date does not suit you, please cancel, so that others can come."),
        ),
        _sl("See or change my registration"),
    )


def _resumed(event: Event, registration: Registration, change: Change) -> MailWords:
    good_news = _sl("Good news: the event takes place after all.")
    return MailWords(
        _sl("It takes place after all: %(title)s", title=title(event)),
        (
            " ".join(part for part in (good_news, _from_then_to_now(event, change)) if part),
            *([_elsewhere(event)] if change.is_elsewhere else []),
            _still_counts(event, registration),
            _sl("If you can’t come any more, please cancel with one click."),
        ),
        _sl("See or change my registration"),
    )


def _called_off(event: Event, registration: Registration, change: Change) -> MailWords:
    return MailWords(
        _sl("Cancelled: %(title)s", title=title(event)),
        (
            _sl("We are sorry: the event has been cancelled. It does not take place."),
            _sl("You need not do anything. Your registration ends with the event."),
        ),
        _sl("See my registration"),
    )


def _postponed(event: Event, registration: Registration, change: Change) -> MailWords:
    return MailWords(
        _sl("Postponed: %(title)s", title=title(event)),
        (
            _sl(
                "The event does not take place on the date above. It has been postponed, and the "
                "new date is not known yet."
            ),
            _sl("Your registration stays as it is. We will write to you about the new date."),
        ),
        _sl("See or change my registration"),
    )


CHANGES: dict[str, Callable[[Event, Registration, Change], MailWords]] = {
    "changed": _changed,
    "moved": _moved,
    "resumed": _resumed,
    "called_off": _called_off,
    "postponed": _postponed,
}
"""Mails about what became of the event."""


def _from_then_to_now(event: Event, change: Change) -> str:
    """The old date and the new one; empty where the old one is not known."""
    if change.former_start is None:
        return ""
    return _sl(
        "It was to begin on %(before)s; it now begins on %(after)s.",
        before=format_moment(change.former_start, event.timezone),
        after=format_moment(event.starts_at, event.timezone),
    )


def _elsewhere(event: Event) -> str:
    venue = event.venue
    if venue is None:
        return _sl("The place has changed; where it will be is not known yet.")
    if not venue.has_address:
        return _sl("It takes place online now.")
    return _sl("It takes place somewhere else now: %(place)s.", place=venue.in_one_line())


def _still_counts(event: Event, registration: Registration) -> str:
    """What an event that was moved or takes place after all means for this registration."""
    if registration.state == RegistrationState.HELD:
        return _sl(
            "Your seats are held until %(moment)s: please confirm by then.",
            moment=deadline(event, registration),
        )
    if registration.state == RegistrationState.OFFERED:
        return _sl(
            "Seats are offered to you until %(moment)s: please accept by then.",
            moment=deadline(event, registration),
        )
    if registration.state == RegistrationState.WAITING:
        return _sl("You keep your place on the waiting list.")
    return _sl("Your registration counts as before, and your seats are kept for you.")

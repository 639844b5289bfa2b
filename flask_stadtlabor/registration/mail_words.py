"""What the mails of a registration say, in the current language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl, clock_time, format_moment, words
from flask_stadtlabor.registration.models import Registration, RegistrationState


class MailWords(NamedTuple):
    """One mail: its subject, its paragraphs, and the words on its one link."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str
    tells_access: bool = False
    """Whether the mail says how to get in and around without barriers."""


class Change(NamedTuple):
    """What became different about an event, as far as words are needed for it."""

    former_start: datetime | None = None
    """When it was to begin, where it was moved."""
    is_elsewhere: bool = False
    """Whether it takes place somewhere else now."""


NO_CHANGE = Change()


def words_for(
    kind: str, registration: Registration, purpose_title: str = "", change: Change = NO_CHANGE
) -> MailWords:
    """The words of the mail ``kind``.

    ``purpose_title`` names a withdrawn consent, ``change`` is what became of the event.
    """
    event = registration.event
    if kind == "withdrawn":
        return _withdrawn(event, purpose_title)
    if kind in _CHANGES:
        return _CHANGES[kind](event, registration, change)
    return _WORDS[kind](event, registration)


def _confirm(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("Please confirm your registration: %(title)s", title=_title(event)),
        (
            _sl("Thank you for registering. One step is left: please confirm your registration."),
            _sl(
                "We are holding your seats until %(moment)s. After that they go to others.",
                moment=_deadline(event, registration),
            ),
            _sl("Was it not you who registered? Then you need not do anything."),
        ),
        _sl("Confirm my registration"),
    )


def _confirmed(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("You’re in: %(title)s", title=_title(event)),
        (
            _sl("Your registration is confirmed. We are looking forward to seeing you!"),
            _where_the_ticket_is(),
            _sl(
                "The event is attached for your calendar. If you can’t come, please cancel, "
                "so that somebody else can have your seat."
            ),
        ),
        _sl("See or change my registration"),
    )


def _waiting(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("You’re on the waiting list: %(title)s", title=_title(event)),
        (
            _sl("All seats are taken at the moment, and we have put you on the waiting list."),
            _sl(
                "As soon as there is room for you, we will send you an offer by mail. "
                "It is your turn in the order in which people registered."
            ),
        ),
        _sl("See my place on the waiting list"),
    )


def _offered(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("There is room for you: %(title)s", title=_title(event)),
        (
            _sl("Good news: there is room for you now."),
            _sl(
                "Please accept by %(moment)s. After that the offer goes to the next in line.",
                moment=_deadline(event, registration),
            ),
        ),
        _sl("Accept the offer"),
    )


def _known(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("Your registration: %(title)s", title=_title(event)),
        (
            _sl("Somebody, probably you, has just registered with this e-mail address once more."),
            _sl("You are on the waiting list already, and nothing has changed about that.")
            if registration.state == RegistrationState.WAITING
            else _sl("You are registered already, and nothing has changed about that."),
        ),
        _sl("See or change my registration"),
    )


def _cancelled(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("You have cancelled: %(title)s", title=_title(event)),
        (
            _sl("Your registration is cancelled. It is a pity that you can’t come!"),
            _sl("Thank you for telling us: now somebody else can have your seat."),
        ),
        _sl("See my cancelled registration"),
    )


def _expired(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("Your reservation has ended: %(title)s", title=_title(event)),
        (
            _sl("The time to confirm has passed, so your seats have gone to others."),
            _sl("Would you still like to come? Then just register again on the event’s page."),
        ),
        _sl("See how things stand"),
    )


def _changed(event: Event, registration: Registration, change: Change) -> MailWords:
    return MailWords(
        _sl("Something has changed: %(title)s", title=_title(event)),
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


def _updated(event: Event, registration: Registration) -> MailWords:
    standing = {
        RegistrationState.HELD: _sl(
            "Your seats are held until %(moment)s. They are yours once you confirm.",
            moment=_deadline(event, registration),
        ),
        RegistrationState.OFFERED: _sl(
            "Please accept by %(moment)s. After that the offer goes to the next in line.",
            moment=_deadline(event, registration),
        ),
        RegistrationState.WAITING: _sl("You keep your place on the waiting list."),
    }.get(RegistrationState(registration.state), _sl("Everything else is as it was."))
    return MailWords(
        _sl("You have changed your registration: %(title)s", title=_title(event)),
        (
            _sl("You have changed your registration. This mail begins with how it is now."),
            standing,
            _sl("Was it not you? Then please look at your registration by the link below."),
        ),
        _sl("See or change my registration"),
    )


def _moved(event: Event, registration: Registration, change: Change) -> MailWords:
    return MailWords(
        _sl("New date: %(title)s", title=_title(event)),
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
        _sl("It takes place after all: %(title)s", title=_title(event)),
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
        _sl("Cancelled: %(title)s", title=_title(event)),
        (
            _sl("We are sorry: the event has been cancelled. It does not take place."),
            _sl("You need not do anything. Your registration ends with the event."),
        ),
        _sl("See my registration"),
    )


def _postponed(event: Event, registration: Registration, change: Change) -> MailWords:
    return MailWords(
        _sl("Postponed: %(title)s", title=_title(event)),
        (
            _sl(
                "The event does not take place on the date above. It has been postponed, and the "
                "new date is not known yet."
            ),
            _sl("Your registration stays as it is. We will write to you about the new date."),
        ),
        _sl("See or change my registration"),
    )


def _reminder(event: Event, registration: Registration) -> MailWords:
    doors = event.doors_at
    return MailWords(
        _sl("Not long now: %(title)s", title=_title(event)),
        (
            _sl("You have registered, and we are looking forward to seeing you!"),
            *(
                [_sl("The doors open at %(time)s.", time=clock_time(doors, event.timezone))]
                if doors
                else []
            ),
            _where_the_ticket_is(),
            _sl(
                "If you can’t come, please cancel with the link below, so that somebody else can "
                "have your seat."
            ),
        ),
        _sl("My ticket and my registration"),
        tells_access=True,
    )


def _thank_you(event: Event, registration: Registration) -> MailWords:
    contact = event.contact.email if event.contact else ""
    return MailWords(
        _sl("Thank you: %(title)s", title=_title(event)),
        (
            _sl("Thank you for coming! It was good to have you with us.")
            if registration.checked_in_at
            else _sl("Thank you for your interest. We hope that you had a good time with us."),
            *(
                [
                    _sl(
                        "What did you like, and what should be different next time? Write to us: "
                        "%(email)s",
                        email=contact,
                    )
                ]
                if contact
                else []
            ),
            _sl(
                "What you allowed, photos for instance, you can still withdraw on the page behind "
                "the link below."
            ),
        ),
        _sl("See my registration"),
    )


def _withdrawn(event: Event, purpose_title: str) -> MailWords:
    return MailWords(
        _sl("You have withdrawn your consent: %(title)s", title=_title(event)),
        (
            _sl(
                "You have withdrawn your consent to “%(purpose)s”. "
                "From now on it no longer counts.",
                purpose=purpose_title,
            ),
            _sl(
                "We will take down what was published because of it. "
                "You can see and print the receipt at any time."
            ),
        ),
        _sl("See my receipt"),
    )


_CHANGES: dict[str, Callable[[Event, Registration, Change], MailWords]] = {
    "changed": _changed,
    "moved": _moved,
    "resumed": _resumed,
    "called_off": _called_off,
    "postponed": _postponed,
}
"""Mails about what became of the event."""

_WORDS: dict[str, Callable[[Event, Registration], MailWords]] = {
    "confirm": _confirm,
    "confirmed": _confirmed,
    "waiting": _waiting,
    "offered": _offered,
    "known": _known,
    "cancelled": _cancelled,
    "expired": _expired,
    "updated": _updated,
    "reminder": _reminder,
    "thank_you": _thank_you,
}

KINDS = (*_WORDS, *_CHANGES, "withdrawn")
"""All mails of a registration."""


def _title(event: Event) -> str:
    return words(event.title)


def _deadline(event: Event, registration: Registration) -> str:
    return format_moment(registration.expires_at or event.starts_at, event.timezone)


def _where_the_ticket_is() -> str:
    return _sl(
        "Your ticket is on the page behind the link below. Show it at the door, on your phone or "
        "on paper."
    )


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
    town = f"{venue.postal_code} {words(venue.city)}".strip()
    place = ", ".join(part for part in (words(venue.name), words(venue.street), town) if part)
    return _sl("It takes place somewhere else now: %(place)s.", place=place)


def _still_counts(event: Event, registration: Registration) -> str:
    """What an event that was moved or takes place after all means for this registration."""
    if registration.state == RegistrationState.HELD:
        return _sl(
            "Your seats are held until %(moment)s: please confirm by then.",
            moment=_deadline(event, registration),
        )
    if registration.state == RegistrationState.OFFERED:
        return _sl(
            "Seats are offered to you until %(moment)s: please accept by then.",
            moment=_deadline(event, registration),
        )
    if registration.state == RegistrationState.WAITING:
        return _sl("You keep your place on the waiting list.")
    return _sl("Your registration counts as before, and your seats are kept for you.")

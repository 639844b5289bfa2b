"""What the mails of a registration say, in the current language."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl, format_moment, words
from flask_stadtlabor.registration.models import Registration, RegistrationState


class MailWords(NamedTuple):
    """One mail: its subject, its paragraphs, and the words on its one link."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str


def words_for(kind: str, registration: Registration, purpose_title: str = "") -> MailWords:
    """The words of the mail ``kind``; ``purpose_title`` names the consent concerned."""
    if kind in _WORDS_ABOUT_CONSENT:
        return _WORDS_ABOUT_CONSENT[kind](registration.event, purpose_title)
    return _WORDS[kind](registration.event, registration)


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


def _changed(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("Something has changed: %(title)s", title=_title(event)),
        (
            _sl("Something about your event has changed. This mail begins with how it is now."),
            _sl("If you can’t come any more, please cancel with one click."),
        ),
        _sl("See or change my registration"),
    )


def _called_off(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("Cancelled: %(title)s", title=_title(event)),
        (
            _sl("We are sorry: the event has been cancelled. It does not take place."),
            _sl("You need not do anything. Your registration ends with the event."),
        ),
        _sl("See my registration"),
    )


def _postponed(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("Postponed: %(title)s", title=_title(event)),
        (
            _sl("The event has been postponed. The new date is not known yet."),
            _sl("Your registration stays as it is. We will write to you about the new date."),
        ),
        _sl("See or change my registration"),
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


def _ask_again(event: Event, purpose_titles: str) -> MailWords:
    return MailWords(
        _sl("We ask you again: %(title)s", title=_title(event)),
        (
            _sl(
                "When you registered, you said yes to %(purposes)s. Since then the text about it "
                "has changed in substance, so your yes no longer counts.",
                purposes=purpose_titles,
            ),
            _sl(
                "Please see what has changed, and tell us again: yes or no. Both are fine. "
                "As long as you don’t answer, that counts as no."
            ),
        ),
        _sl("See what has changed and answer"),
    )


_WORDS_ABOUT_CONSENT: dict[str, Callable[[Event, str], MailWords]] = {
    "withdrawn": _withdrawn,
    "ask_again": _ask_again,
}
_WORDS: dict[str, Callable[[Event, Registration], MailWords]] = {
    "confirm": _confirm,
    "confirmed": _confirmed,
    "waiting": _waiting,
    "offered": _offered,
    "known": _known,
    "cancelled": _cancelled,
    "expired": _expired,
    "changed": _changed,
    "called_off": _called_off,
    "postponed": _postponed,
}


def _title(event: Event) -> str:
    return words(event.title)


def _deadline(event: Event, registration: Registration) -> str:
    return format_moment(registration.expires_at or event.starts_at, event.timezone)

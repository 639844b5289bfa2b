"""What the mails of a registration say, in the current language."""

from __future__ import annotations

from collections.abc import Callable

from flask_stadtlabor.dates import doors_line
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.registration.mails.change_words import CHANGES, NO_CHANGE, Change
from flask_stadtlabor.registration.mails.parts import MailWords, deadline, title
from flask_stadtlabor.registration.models import Registration, RegistrationState


def words_for(
    kind: str,
    registration: Registration,
    *,
    purpose_title: str = "",
    change: Change = NO_CHANGE,
    to_choose: bool = False,
) -> MailWords:
    """The words of the mail ``kind``.

    ``purpose_title`` names the consent concerned, ``change`` is what became of the event, and
    ``to_choose`` says that a later form waits for a decision.
    """
    event = registration.event
    if to_choose and kind in _WORDS_TO_CHOOSE:
        return _WORDS_TO_CHOOSE[kind](event, registration)
    if kind in _WORDS_ABOUT_CONSENT:
        return _WORDS_ABOUT_CONSENT[kind](event, purpose_title)
    if kind in CHANGES:
        return CHANGES[kind](event, registration, change)
    return _WORDS[kind](event, registration)


def _confirm(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("Please confirm your registration: %(title)s", title=title(event)),
        (
            _sl("Thank you for registering. One step is left: please confirm your registration."),
            _sl(
                "We are holding your seats until %(moment)s. After that they go to others.",
                moment=deadline(event, registration),
            ),
            _sl("Was it not you who registered? Then you need not do anything."),
        ),
        _sl("Confirm my registration"),
    )


def _confirm_and_choose(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("Please confirm your registration: %(title)s", title=title(event)),
        (
            _further_form(),
            _sl(
                "We are holding the seats of the first form until %(moment)s. After that they go "
                "to others.",
                moment=deadline(event, registration),
            ),
            _sl("Was it not you who registered? Then you need not do anything."),
        ),
        _sl("Choose and confirm"),
    )


def _further_form() -> str:
    return _sl(
        "A further form has come in with this e-mail address, and it says something else than the "
        "first. Nothing has been changed: on the page behind the link you see both and choose. "
        "Only where the further form says no to something, that counts already."
    )


def _confirmed(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("You’re in: %(title)s", title=title(event)),
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
        _sl("You’re on the waiting list: %(title)s", title=title(event)),
        (
            _sl("All seats are taken at the moment, and we have put you on the waiting list."),
            _sl(
                "As soon as there is room for you, we will make you an offer. "
                "It is your turn in the order in which people registered."
            ),
        ),
        _sl("See my place on the waiting list"),
    )


def _offered(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("There is room for you: %(title)s", title=title(event)),
        (
            _sl("Good news: there is room for you now."),
            _sl(
                "Please accept by %(moment)s. After that the offer goes to the next in line.",
                moment=deadline(event, registration),
            ),
        ),
        _sl("Accept the offer"),
    )


def _known(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("Your registration: %(title)s", title=title(event)),
        (
            _sl("Somebody, probably you, has just registered with this e-mail address once more."),
            _sl("You are on the waiting list already, and nothing has changed about that.")
            if registration.state == RegistrationState.WAITING
            else _sl("You are registered already, and nothing has changed about that."),
        ),
        _sl("See or change my registration"),
    )


def _known_and_choose(event: Event, registration: Registration) -> MailWords:
    mail = _known(event, registration)
    return mail._replace(paragraphs=(*mail.paragraphs, _further_form()))


def _cancelled(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("You have cancelled: %(title)s", title=title(event)),
        (
            _sl("Your registration is cancelled. It is a pity that you can’t come!"),
            _sl("Thank you for telling us: now somebody else can have your seat."),
        ),
        _sl("See my cancelled registration"),
    )


def _expired(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("Your reservation has ended: %(title)s", title=title(event)),
        (
            _sl("The time to confirm has passed, so your seats have gone to others."),
            _sl("Would you still like to come? Then just register again on the event’s page."),
        ),
        _sl("See how things stand"),
    )


def _updated(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("You have changed your registration: %(title)s", title=title(event)),
        (
            _sl("You have changed your registration. This mail begins with how it is now."),
            _standing(event, registration),
            _sl("Was it not you? Then please look at your registration by the link below."),
        ),
        _sl("See or change my registration"),
    )


def _updated_by_staff(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("Your registration has been changed: %(title)s", title=title(event)),
        (
            _sl("Our team has changed this registration. This mail begins with how it is now."),
            _standing(event, registration),
            _sl("Did nobody ask for that? Then please tell us."),
        ),
        _sl("See or change my registration"),
    )


def _standing(event: Event, registration: Registration) -> str:
    """What a change means for the seats, in a sentence."""
    return {
        RegistrationState.HELD: _sl(
            "Your seats are held until %(moment)s. They are yours once you confirm.",
            moment=deadline(event, registration),
        ),
        RegistrationState.OFFERED: _sl(
            "Please accept by %(moment)s. After that the offer goes to the next in line.",
            moment=deadline(event, registration),
        ),
        RegistrationState.WAITING: _sl("You keep your place on the waiting list."),
    }.get(RegistrationState(registration.state), _sl("Everything else is as it was."))


def _rectified(event: Event, registration: Registration) -> MailWords:
    return MailWords(
        _sl("Your address is corrected: %(title)s", title=title(event)),
        (
            _sl(
                "We have corrected the e-mail address of your registration. From now on our mails "
                "about it come here. Links that went to another address no longer work."
            ),
            _sl("Everything else is as it was."),
            _sl("Do you know nothing of this registration? Then please tell us."),
        ),
        _sl("See or change my registration"),
    )


def _reminder(event: Event, registration: Registration) -> MailWords:
    doors = event.doors_at
    return MailWords(
        _sl("Not long now: %(title)s", title=title(event)),
        (
            _sl("You have registered, and we are looking forward to seeing you!"),
            *([doors_line(doors, event.starts_at, event.timezone)] if doors else []),
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
        _sl("Thank you: %(title)s", title=title(event)),
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
        _sl("You have withdrawn your consent: %(title)s", title=title(event)),
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
        _sl("We ask you again: %(title)s", title=title(event)),
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
"""Mails about one consent or several."""


_WORDS_TO_CHOOSE: dict[str, Callable[[Event, Registration], MailWords]] = {
    "confirm": _confirm_and_choose,
    "known": _known_and_choose,
}
"""Mails to whoever has to decide about a later form."""


_WORDS: dict[str, Callable[[Event, Registration], MailWords]] = {
    "confirm": _confirm,
    "confirmed": _confirmed,
    "waiting": _waiting,
    "offered": _offered,
    "known": _known,
    "cancelled": _cancelled,
    "expired": _expired,
    "updated": _updated,
    "updated_by_staff": _updated_by_staff,
    "rectified": _rectified,
    "reminder": _reminder,
    "thank_you": _thank_you,
}


KINDS = (*_WORDS, *CHANGES, *_WORDS_ABOUT_CONSENT)
"""All mails of a registration."""


def _where_the_ticket_is() -> str:
    return _sl(
        "Your ticket is on the page behind the link below. Show it at the door, on your phone or "
        "on paper."
    )

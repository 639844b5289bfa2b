"""Sentences that several mails share, chosen by state, size of the party and kind of event.

They are in the current language, and ``say.…()`` in the mails' templates.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_stadtlabor.dates import format_moment, format_moment_on
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.standing import instead_sentence, off_reason
from flask_stadtlabor.i18n import _sl, _sln
from flask_stadtlabor.registration.mails.news import News
from flask_stadtlabor.registration.mails.plain_names import plain_name
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.registration.retention_periods import postponed_line
from flask_stadtlabor.registration.ticket_codes import readable


@dataclass(frozen=True)
class Sentences:
    """What can be said about one registration."""

    registration: Registration
    news: News
    is_mail: bool
    """False where staff tells it: then there is no link below and nothing attached."""
    needs_ticket: bool
    """Whether they need a ticket to get in."""
    has_ticket: bool
    """Whether the ticket stands in the mail."""

    @property
    def _event(self) -> Event:
        return self.registration.event

    @property
    def _people(self) -> int:
        return self.registration.party_size

    def why_off(self) -> str:
        """Why the event does not take place, where a reason is given."""
        return off_reason(self._event)

    def instead(self) -> str:
        """What there is in place of the cancelled event, where something is said of it."""
        return instead_sentence(self._event)

    def deadline(self) -> str:
        """The moment at which a hold or an offer ends."""
        ends_at = self.registration.expires_at or self._event.starts_at
        return format_moment(ends_at, self._event.timezone)

    def accept_by(self) -> str:
        """Until when an offer can be taken."""
        if self._event.capacity is None:
            return _sl(
                "Please accept by %(moment)s. After that the offer ends.", moment=self.deadline()
            )
        return _sl(
            "Please accept by %(moment)s. After that the offer goes to the next in line.",
            moment=self.deadline(),
        )

    def further_form(self) -> str:
        """What that second form means."""
        if self.is_mail:
            return _sl(
                "A further form has come in with this e-mail address, and it says something else "
                "than the first. Nothing has been changed: on the page behind the link you see "
                "both and choose. Only where the further form says no to something, that counts "
                "already."
            )
        return _sl(
            "A further form has come in with this e-mail address, and it says something else than "
            "the first. Nothing has been changed: please tell us which of the two counts. Only "
            "where the further form says no to something, that counts already."
        )

    def whose(self) -> str:
        """Whose registration an address has; its name where nobody but its owner wrote that."""
        registration = self.registration
        name = None
        if registration.confirmed_at and self._event.confirm_by_email:
            name = plain_name(registration.given_name, registration.family_name)
        if name is None:
            return _sln(
                "This address has a registration already, for %(num)d person.",
                "This address has a registration already, for %(num)d people.",
                self._people,
            )
        return _sln(
            "This address has a registration already: that of %(name)s, for %(num)d person.",
            "This address has a registration already: that of %(name)s, for %(num)d people.",
            self._people,
            name=name,
        )

    def add_somebody(self) -> str:
        """What to do for whoever wanted to register somebody else with the same address."""
        most = self._event.largest_party
        if most <= self._people:
            return _sl(
                "Did you want to register somebody else? Each address can register once, and this "
                "registration has no room for more people. Please use another address for them, "
                "or ask the organisers."
            )
        if not self.is_mail:
            return _sl(
                "Did you want to register somebody else? Each address can register once, for up to "
                "%(most)d people. Tell us, and we will add them.",
                most=most,
            )
        return _sl(
            "Did you want to register somebody else? Each address can register once, for up to "
            "%(most)d people. With the link below you can change how many of you are coming.",
            most=most,
        )

    def noes_of_further_form(self) -> str:
        """What a further form does where there is nothing to choose: its noes count (C15)."""
        if self.is_mail:
            return _sl(
                "Where the further form says no to a consent, that no counts. Nothing else of it "
                "does. On the page behind the link you see your answers and can change them."
            )
        return _sl(
            "Where the further form says no to a consent, that no counts. Nothing else of it does. "
            "We can tell you your answers, and change them with you."
        )

    def way_in(self) -> str:
        """How one takes part: by the online room or with the ticket, which is one for a party."""
        venue = self._event.venue
        if venue is not None and venue.is_online_alone:
            if self.is_mail:
                return _sl("The event is online. The link to it is at the top of this mail.")
            return _sl("Take part online: %(address)s", address=venue.online_url)
        if not self.is_mail:
            return _sl("Say your name at the door. We can also give you your ticket on paper.")
        if not self.has_ticket:
            return _sl(
                "Your ticket is on the page behind the link below. Show it at the door, on your "
                "phone or on paper."
            )
        return _sln(
            "This is your ticket. Show it at the door, on your phone or on paper.",
            "This is the ticket for all of you. Show it at the door, on your phone or on paper.",
            self._people,
        )

    def ticket_code(self) -> str:
        """The code below the QR code, for whoever cannot show that."""
        # Translators: below the QR code of a ticket; such as 7KMQ2-XW9RT.
        return _sl("Ticket code: %(code)s", code=readable(self.registration.ticket_code))

    def former_links(self) -> str:
        """Which links and tickets stop working when an address is corrected."""
        if self.needs_ticket:
            return _sl(
                "Links and tickets from the time when another address stood there no longer work."
            )
        return _sl("Links that went to another address no longer work.")

    def confirm_by(self) -> str:
        """Until when seats are held that nobody has confirmed."""
        if self._event.capacity is None:
            return _sl(
                "Please confirm by %(moment)s. After that the registration lapses.",
                moment=self.deadline(),
            )
        return _sln(
            "We are holding your seat until %(moment)s. After that it goes to others.",
            "We are holding your seats until %(moment)s. After that they go to others.",
            self._people,
            moment=self.deadline(),
        )

    def confirm_first_form_by(self) -> str:
        """The same where a further form has come in."""
        if self._event.capacity is None:
            return self.confirm_by()
        return _sl(
            "We are holding the seats of the first form until %(moment)s. After that they go to "
            "others.",
            moment=self.deadline(),
        )

    def please_cancel(self) -> str:
        """What to do for whoever can't come."""
        if not self.registration.leaves_seats:
            if self.is_mail:
                return _sln(
                    "If you can’t come, please cancel with the link below: that helps us to plan.",
                    "If none of you can come, please cancel with the link below: that helps us to "
                    "plan.",
                    self._people,
                )
            return _sln(
                "If you can’t come, please tell us: that helps us to plan.",
                "If none of you can come, please tell us: that helps us to plan.",
                self._people,
            )
        if self.is_mail:
            return _sln(
                "If you can’t come, please cancel with the link below, so that somebody else can "
                "have your seat.",
                "If you can’t come, please cancel with the link below, so that others can have "
                "your seats.",
                self._people,
            )
        return _sln(
            "If you can’t come, please tell us, so that somebody else can have your seat.",
            "If you can’t come, please tell us, so that others can have your seats.",
            self._people,
        )

    def if_date_does_not_suit(self) -> str:
        """The same for a new date."""
        if not self.registration.leaves_seats:
            if self.is_mail:
                return _sl("If the new date does not suit you, please cancel.")
            return _sl("If the new date does not suit you, please tell us.")
        if self.is_mail:
            return _sl("If the new date does not suit you, please cancel, so that others can come.")
        return _sl("If the new date does not suit you, please tell us, so that others can come.")

    def if_not_any_more(self) -> str:
        """The same after something has changed."""
        if self.is_mail:
            return _sl("If you can’t come any more, please cancel with one click.")
        return _sl("If you can’t come any more, please tell us.")

    def standing(self) -> str:
        """What a change of the registration means for the seats."""
        state = self.registration.state
        if state == RegistrationState.HELD:
            return _sln(
                "Your seat is held until %(moment)s. It is yours once you confirm.",
                "Your seats are held until %(moment)s. They are yours once you confirm.",
                self._people,
                moment=self.deadline(),
            )
        if state == RegistrationState.OFFERED:
            return self.accept_by()
        if state == RegistrationState.WAITING:
            return _sl("You keep your place on the waiting list.")
        return _sl("Everything else is as it was.")

    def still_counts(self) -> str:
        """What an event that was moved or takes place after all means for the registration."""
        state = self.registration.state
        if state == RegistrationState.HELD:
            return _sln(
                "Your seat is held until %(moment)s: please confirm by then.",
                "Your seats are held until %(moment)s: please confirm by then.",
                self._people,
                moment=self.deadline(),
            )
        if state == RegistrationState.OFFERED:
            return _sln(
                "We are keeping a seat for you until %(moment)s: please accept by then.",
                "We are keeping seats for you until %(moment)s: please accept by then.",
                self._people,
                moment=self.deadline(),
            )
        if state == RegistrationState.WAITING:
            return _sl("You keep your place on the waiting list.")
        return _sln(
            "Your registration counts as before, and your seat is kept for you.",
            "Your registration counts as before, and your seats are kept for you.",
            self._people,
        )

    def kept_until(self) -> str:
        """Until when the registration for a postponed event is kept; empty for any other event."""
        return postponed_line(self._event)

    def from_then_to_now(self) -> str:
        """The old date and the new one; empty where the old one is not known."""
        before = self.news.former_start
        if before is None:
            return ""
        return _sl(
            "It was to begin on %(before)s; it now begins on %(after)s.",
            before=format_moment_on(before, self._event.timezone),
            after=format_moment_on(self._event.starts_at, self._event.timezone),
        )

    def place_now(self) -> str:
        """Where the event takes place now."""
        venue = self._event.venue
        if venue is None:
            return _sl("The place has changed; where it will be is not known yet.")
        if not venue.has_address:
            return _sl("It takes place online now.")
        return _sl("It takes place somewhere else now: %(place)s.", place=venue.in_one_line())

"""The registry of mails: each kind of mail about a registration, and what holds for it.

A new kind is an entry here and a template with its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_stadtlabor.registration.models import ACTIVE, RegistrationState


class CalendarMethod(StrEnum):
    """What a mail does to the entry in a confirmed person's calendar (RFC 5546)."""

    REQUEST = "REQUEST"
    """Puts it in, or renews it."""
    CANCEL = "CANCEL"
    """Takes it out."""


@dataclass(frozen=True)
class MailKind:
    """A kind of mail."""

    name: str
    """As it stands in tables and in the addresses of previews."""
    folder: str = "registration/"
    deferred_in: tuple[RegistrationState, ...] = ()
    """For a mail that is written only when its turn comes: the states in which it is true then.

    Those are the mails that a stranger can cause by typing an address. Whoever registers waits for
    no words, and neither do those who want the next seat. Beyond an address's share they are
    postponed (S4, :mod:`~.mails.share`), and of several that say the same only the newest leaves.
    """
    calendar: CalendarMethod | None = None
    is_courtesy: bool = False
    """Whether staff need not go after people whom no mail reaches."""
    replaces_waiting: bool = False
    """Whether it takes the place of an older one of its kind that has not left: it begins with how
    it is now."""
    stands_alone: bool = False
    """Whether each one says something of its own, so that no later one of its kind replaces it."""
    has_ticket: bool = False
    """Whether the ticket comes with it, for those who come to a place."""
    preview_state: RegistrationState = RegistrationState.CONFIRMED
    """Where the registration stands of whom a preview makes up."""

    @property
    def template(self) -> str:
        """Its words: ``templates/stadtlabor/mail/<template>.jinja``."""
        return f"{self.folder}{self.name}"


CONFIRM = MailKind(
    "confirm",
    deferred_in=(RegistrationState.HELD,),
    preview_state=RegistrationState.HELD,
)
CONFIRMED = MailKind(
    "confirmed",
    deferred_in=(RegistrationState.CONFIRMED,),
    calendar=CalendarMethod.REQUEST,
    has_ticket=True,
)
WAITING = MailKind(
    "waiting",
    deferred_in=(RegistrationState.WAITING,),
    preview_state=RegistrationState.WAITING,
)
OFFERED = MailKind("offered", preview_state=RegistrationState.OFFERED)
KNOWN = MailKind("known", deferred_in=ACTIVE)
CANCELLED = MailKind(
    "cancelled",
    calendar=CalendarMethod.CANCEL,
    preview_state=RegistrationState.CANCELLED,
)
CANCELLED_BY_STAFF = MailKind(
    "cancelled_by_staff",
    calendar=CalendarMethod.CANCEL,
    preview_state=RegistrationState.CANCELLED,
)
EXPIRED = MailKind("expired", preview_state=RegistrationState.EXPIRED)
UPDATED = MailKind("updated", calendar=CalendarMethod.REQUEST, replaces_waiting=True)
UPDATED_BY_STAFF = MailKind(
    "updated_by_staff", calendar=CalendarMethod.REQUEST, replaces_waiting=True
)
RECTIFIED = MailKind("rectified", has_ticket=True)
REMINDER = MailKind("reminder", is_courtesy=True, has_ticket=True)
THANK_YOU = MailKind("thank_you", is_courtesy=True)

CHANGED = MailKind("changed", calendar=CalendarMethod.REQUEST)
MOVED = MailKind("moved", calendar=CalendarMethod.REQUEST)
RESUMED = MailKind("resumed", calendar=CalendarMethod.REQUEST)
CALLED_OFF = MailKind("called_off", calendar=CalendarMethod.CANCEL)
# a date that is off must not stay in the calendar; "resumed" brings the entry back
POSTPONED = MailKind("postponed", calendar=CalendarMethod.CANCEL)

WITHDRAWN = MailKind("withdrawn")
REFUSED_BY_FORM = MailKind("refused_by_form")
REFUSED_ANEW = MailKind("refused_anew", preview_state=RegistrationState.CANCELLED)
ASK_AGAIN = MailKind("ask_again")

MESSAGE = MailKind("message", stands_alone=True)
"""Staff's own words to a group."""

EVENT_NEWS = (CHANGED, MOVED, RESUMED, CALLED_OFF, POSTPONED)
"""Those about what became of the event."""
KINDS = (
    CONFIRM,
    CONFIRMED,
    WAITING,
    OFFERED,
    KNOWN,
    CANCELLED,
    CANCELLED_BY_STAFF,
    EXPIRED,
    UPDATED,
    UPDATED_BY_STAFF,
    RECTIFIED,
    REMINDER,
    THANK_YOU,
    *EVENT_NEWS,
    WITHDRAWN,
    REFUSED_BY_FORM,
    REFUSED_ANEW,
    ASK_AGAIN,
    MESSAGE,
)
"""Every mail about one registration, in the order in which people may get them."""
BY_NAME = {kind.name: kind for kind in KINDS}

LINKS = MailKind("links", folder="", deferred_in=ACTIVE)
"""Fresh links to all that an address has, which is about no one registration."""

ABOUT_DEADLINE = {RegistrationState.HELD: CONFIRM, RegistrationState.OFFERED: OFFERED}
"""The mail that tells of the moment at which a hold or an offer ends."""

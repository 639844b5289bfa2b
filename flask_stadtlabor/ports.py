"""Ports: what the extension needs of its host, and never guesses.

A host hands its own to ``Stadtlabor(db, …)``; :mod:`flask_stadtlabor.adapters` has ready ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from enum import IntEnum, StrEnum
from typing import NamedTuple, Protocol

from flask_stadtlabor.config import Rate


class Level(IntEnum):
    """How well the host knows the person, from nobody to a verified resident."""

    ANYONE = 0
    CONFIRMED_EMAIL = 1
    SIGNED_IN = 2
    VERIFIED_RESIDENT = 3


@dataclass(frozen=True)
class Actor:
    """The person who sends the request, as the host knows them."""

    key: str
    """An opaque, lasting key of the host's; we store it and never look behind it."""
    name: str = ""
    level: Level = Level.SIGNED_IN
    email: str = ""
    """Their mail address; empty where the host knows none."""
    email_verified: bool = False
    """Whether the host has made sure that they read mail at that address.

    With it they register without another mail to confirm, so say so only where it is true."""
    given_name: str = ""
    family_name: str = ""


class Action(StrEnum):
    """What the host's policy is asked about; nobody may do any of it by default.

    The subject is the event concerned, where there is one.
    """

    PREVIEW = "event.preview"
    """See an event that is still a draft."""
    ORGANISE = "event.organise"
    """See an event's page in the back office; preview its mails."""
    CREATE = "event.create"
    """Begin a new event, which nobody but staff sees; copy one as the next date."""
    EDIT = "event.edit"
    """Write the draft of an event, or of changes to one; see what is missing."""
    SHARE = "event.share"
    """Make links by which anybody sees an event's draft, and end them."""
    PUBLISH = "event.publish"
    """Publish an event or changes to it, take it back, call it off; tell who is registered."""
    HISTORY = "event.history"
    """See who changed what of an event, and when."""
    SEE_TRAIL = "trail.see"
    """See what everybody of staff did, over all events; old and new values by :attr:`HISTORY`."""
    EDIT_SHARED = "shared.edit"
    """Write what several events share: series, projects, venues, organisers, sets of questions."""
    SEE_NUMBERS = "event.numbers"
    """See how many registered, came and stayed away, of an event or a year; never who."""
    SEE_FEEDBACK = "event.feedback"
    """Read what people said about an event, who are not named."""
    SEE_REGISTRATIONS = "registration.see"
    """Read who has registered, with their answers."""
    SEE_SUPPORT_NEEDS = "registration.see_support_needs"
    """Read what people need to take part (Art. 9 GDPR may apply).

    Managing takes it too where a personal link comes about that leads to this."""
    MANAGE_REGISTRATIONS = "registration.manage"
    """Register people at the desk; confirm, cancel, correct and restrict for them; pass news on."""
    EXPORT = "registration.export"
    """Download the list of registrations, with :attr:`SEE_REGISTRATIONS` beside it."""
    WRITE = "registration.write"
    """Write to a group of those who have registered; see what was written to whom before."""
    ANSWER = "idea.answer"
    """Answer ideas in the city's name, for everybody to read; correct the words of an answer."""
    CHECK_IN = "registration.check_in"
    """Work at the door: look people up, check them in, ask for consent there."""
    MODERATE = "text.moderate"
    """Read what is reported or waits, hide and publish texts of citizens, decide on objections."""
    MERGE_IDEAS = "idea.merge"
    """Make an idea part of another one, which tells its supporters; take that back."""
    MANAGE_PICTURES = "picture.manage"
    """See all uploaded pictures, withdraw one from every event, delete what is not used."""
    EDIT_TEXTS = "consent.edit"
    """Write drafts of consent texts."""
    PUBLISH_TEXTS = "consent.publish"
    """Publish a draft, for ever."""
    REPORT_CONSENT = "consent.report"
    """See an event's counts of answers, and who must not be photographed."""
    TAKE_DOWN = "consent.take_down"
    """Record what was published, and work off what has to be taken down."""


class CurrentActor(Protocol):
    """Who is signed in at this moment."""

    def __call__(self) -> Actor | None:
        """The actor of the current request, or None for a stranger."""


class Policy(Protocol):
    """The host's answer to what somebody may do."""

    def __call__(self, actor: Actor | None, action: str, subject: object = None) -> bool:
        """Whether ``actor`` may do ``action`` (an :class:`Action`, a text) to ``subject``."""


class MailServerAway(Exception):
    """Raised by a mailer if no mail at all can be sent; the round then ends."""


class Mailer(Protocol):
    """Sends mail."""

    def __call__(self, message: EmailMessage) -> None:
        """Hand the message over; raise any exception if that failed, and it is tried again.

        :class:`MailServerAway` or an ``OSError`` says that it is not about this message. It has to
        come to an end well within the ten minutes for which a mail is claimed, because another
        worker sends it after that.
        """


class RateLimit(Protocol):
    """A counter of hits within a time window."""

    def __call__(self, key: str, rate: Rate) -> bool:
        """Count one hit under ``key``; False when this hit exceeds ``rate``."""


class SeatsShown(NamedTuple):
    """What a page says about the seats of an event, with all that it depends on but the seats."""

    event: int
    """The event's id."""
    told: int | None
    """How many seats are left, as everybody is told."""
    capacity: int | None
    smaller_may_pass: bool
    queue_is_served: bool


class KeptPage(NamedTuple):
    """A cached page, with everything needed to check whether it is still valid."""

    etag: str
    changed_at: datetime | None
    mimetype: str
    revision: tuple[int, datetime | None]
    """The content revision that it shows, with its time."""
    seats: tuple[SeatsShown, ...]
    """Each event whose seats it shows, by id."""
    until: datetime | None
    """When time alone changes it; None for never."""
    pieces: tuple[str | bytes, ...]
    """Its parts, in the form that its view assembles."""

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return sum(map(len, self.pieces)) + 100 * len(self.seats)


class PageCache(Protocol):
    """A cache of public pages, and of what the office has counted.

    Whatever it gives is validated before it is shown.
    """

    def get(self, key: str) -> KeptPage | None:
        """The page under ``key``; None when it is kept no longer."""

    def set(self, key: str, page: KeptPage) -> None:
        """Keep ``page`` under ``key``, in place of another."""


class PictureStore(Protocol):
    """Keeps the files of uploaded pictures.

    A key has the letters ``a`` to ``z``, digits, hyphens and one dot, such as
    ``3f…-1600x900-480.webp``; its content never changes. Raise an ``OSError`` where the storage is
    away.
    """

    def put(self, key: str, content: bytes) -> None:
        """Keep ``content`` under ``key``."""

    def get(self, key: str) -> bytes | None:
        """The content under ``key``; None where there is none."""

    def remove(self, key: str) -> None:
        """Remove what is under ``key``; nothing where there is none."""


Clock = Callable[[], datetime]
"""The time now, as an aware datetime in UTC."""


def system_clock() -> datetime:
    """The machine's time in UTC."""
    return datetime.now(UTC)


def deny_all(actor: Actor | None, action: str, subject: object = None) -> bool:
    """The default policy: nobody has staff rights."""
    return False


@dataclass(frozen=True)
class Ports:
    """The ports of one app."""

    actor: CurrentActor
    policy: Policy
    mailer: Mailer
    rate_limit: RateLimit
    clock: Clock
    page_cache: PageCache
    pictures: PictureStore

"""Tables of registrations, of the links that lead to them, and of what staff has to pass on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy import event as sql_event
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import instance_state

from flask_stadtlabor.addresses import address_key
from flask_stadtlabor.by_staff import LONGEST_NAME, ByStaff, staff_key
from flask_stadtlabor.consent.models import ActorKind
from flask_stadtlabor.db import Base, Document, UTCDateTime, long_text, sort_key_type
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.folding import search_form, sort_key
from flask_stadtlabor.registration.ticket_codes import new_ticket_code
from flask_stadtlabor.state import now, settings


class RegistrationState(StrEnum):
    """Where a registration stands."""

    HELD = "held"
    """The seats are held until the link in the mail is used."""
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    OFFERED = "offered"
    """Seats became free for a party that waited; they are held until the offer ends."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Source(StrEnum):
    """How a registration came in."""

    WEB = "web"
    """The person filled in the form."""
    DESK = "desk"
    """Staff registered them, on the phone or at a desk."""
    DOOR = "door"
    """Staff registered them at the event."""


PENDING = (RegistrationState.HELD, RegistrationState.OFFERED)
"""The states in which seats wait for the person's answer, until they end."""
SEATED = (*PENDING, RegistrationState.CONFIRMED)
"""The states that take seats."""
ACTIVE = (*SEATED, RegistrationState.WAITING)
"""The states of which one address has at most one per event."""
ENDED = (RegistrationState.CANCELLED, RegistrationState.EXPIRED)
"""The states that take no seats and never will."""


def full_name(given_name: str, family_name: str) -> str:
    """Both in one line; somebody who has one name only left the family name empty."""
    return f"{given_name} {family_name}".strip()


class Registration(Base):
    """One party's registration for one event."""

    __tablename__ = "stadtlabor_registration"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_event.id"))
    state: Mapped[str] = mapped_column(String(20))
    given_name: Mapped[str] = mapped_column(String(200))
    family_name: Mapped[str] = mapped_column(String(200))
    """Empty for somebody who has one name only."""
    email: Mapped[str | None] = mapped_column(String(320))
    active_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """A keyed hash of event and address while active, else NULL (MariaDB has no partial index)."""
    address_key: Mapped[str | None] = mapped_column(String(64), index=True)
    """A keyed hash of the address, for lookups; updated at each flush."""
    account_key: Mapped[str | None] = mapped_column(String(64), index=True)
    """A keyed hash of the host's key of the account that it belongs to; None for no account."""
    reach: Mapped[str | None] = mapped_column(String(200))
    """How staff reaches somebody without an e-mail address: a telephone number, for instance."""
    party_size: Mapped[int] = mapped_column(default=1)
    companions: Mapped[tuple[str, ...]] = mapped_column(Document(tuple[str, ...]), default=tuple)
    """The names of the party's other members, where the event asks for them."""
    language: Mapped[str] = mapped_column(String(20))
    answers: Mapped[dict[str, Any]] = mapped_column(Document(dict[str, Any]), default=dict)
    """Answers by the slug of their question."""
    support_needs: Mapped[str | None] = mapped_column(long_text())
    """What somebody needs to take part; read by few and deleted soon after the event."""
    is_under_age: Mapped[bool | None]
    """The age band where the event asks for it; never a date of birth (C12)."""
    guardian_name: Mapped[str | None] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(32), unique=True)
    """The pseudonym in the consent ledger."""
    consents_asked: Mapped[int] = mapped_column(default=0)
    """How many consents its form asked for: so many entries the ledger has at least."""
    privacy_shown: Mapped[str | None] = mapped_column(long_text())
    """The privacy notice as shown: ``<purpose>/<version>/<language>``, or an address."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When a hold or an offer ends, or ended."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    queue_number: Mapped[int | None]
    """The place in the order of the waiting list; smaller is earlier."""
    source: Mapped[str] = mapped_column(String(20), default=Source.WEB)
    ticket_code: Mapped[str] = mapped_column(String(16), default=new_ticket_code)
    """What the ticket shows and the door reads."""
    arrived: Mapped[int] = mapped_column(default=0)
    """How many people of the party have come in so far."""
    checked_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the first of them did."""
    checked_in_where: Mapped[str | None] = mapped_column(String(100))
    """The door, by the name that staff gave it."""
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the last reminder was written."""
    thanked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    restricted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Since when its processing is restricted, at the person's request (Art. 18 GDPR)."""
    search_text: Mapped[str] = mapped_column(long_text(), default="")
    """Names and contact details, normalised for search; updated at each flush."""
    sort_key: Mapped[str] = mapped_column(sort_key_type(), default="")
    """The key by which lists are sorted; updated at each flush."""

    event: Mapped[Event] = relationship(lazy="raise")
    later_form: Mapped[LaterForm | None] = relationship(lazy="raise", viewonly=True)

    @property
    def full_name(self) -> str:
        """Given name and family name in one line."""
        return full_name(self.given_name, self.family_name)

    @property
    def is_overdue(self) -> bool:
        """Whether a hold or an offer is over, ended already or not."""
        return self.expires_at is not None and self.expires_at <= now()

    @property
    def leaves_seats(self) -> bool:
        """Whether its seats go to others if it ends: it has some, and the event a limit."""
        return self.state in SEATED and self.event.capacity is not None

    def new_deadline(self) -> datetime:
        """When a hold or offer that begins now ends: by the event's end or start at the latest."""
        if self.state == RegistrationState.OFFERED:
            return min(now() + settings().offer_within, self.event.starts_at)
        return min(now() + settings().confirm_within, self.event.ends_at)

    @property
    def answered_by(self) -> ActorKind:
        """Who answers for this person in the consent ledger (C12)."""
        return ActorKind.GUARDIAN if self.is_under_age else ActorKind.SUBJECT

    @property
    def lacks_guardian(self) -> bool:
        """Whether nobody is named who could consent for a child."""
        return bool(self.is_under_age) and not self.guardian_name

    __table_args__ = (
        CheckConstraint("party_size >= 1", "party_size_positive"),
        Index("ix_stadtlabor_registration_event_state", "event_id", "state", "queue_number"),
        # what counts people, and what pages through them, reads these alone and no row
        Index(
            "ix_stadtlabor_registration_event_counts",
            *("event_id", "state", "language", "party_size", "arrived"),
        ),
        Index(
            "ix_stadtlabor_registration_event_list",
            *("event_id", "sort_key", "id", "state", "language"),
        ),
        Index("ix_stadtlabor_registration_state_expires", "state", "expires_at"),
        Index("ix_stadtlabor_registration_ticket_code", "ticket_code", unique=True),
    )


@sql_event.listens_for(Registration, "before_insert")
@sql_event.listens_for(Registration, "before_update")
def _keep_what_is_derived(mapper: object, connection: object, registration: Registration) -> None:
    email = registration.email
    registration.address_key = address_key(email) if email else None
    parts = (
        registration.given_name,
        registration.family_name,
        *(registration.companions or ()),
        registration.guardian_name or "",
        registration.email or "",
        registration.reach or "",
    )
    registration.search_text = search_form(parts)
    registration.sort_key = sort_key(registration.family_name, registration.given_name)


_EVENT = "stadtlabor_event"


@sql_event.listens_for(Registration, "load")
def _remember_event(registration: Registration, context: object) -> None:
    if "event_id" in vars(registration):
        instance_state(registration).info[_EVENT] = registration.event_id


def number_of_event(registration: Registration) -> int:
    """The number of its event, which never changes, without a read after a transaction's end."""
    return int(instance_state(registration).info.get(_EVENT) or registration.event_id)


class LaterForm(Base):
    """The latest further form for an address that is not confirmed.

    Nothing of it counts before the person has decided, but for its noes (C15).
    """

    __tablename__ = "stadtlabor_later_form"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_registration.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    said: Mapped[dict[str, Any]] = mapped_column(Document(dict[str, Any]))
    """What was filled in, as :mod:`flask_stadtlabor.registration.later_forms` writes it."""


class DeskNotice(Base):
    """What staff has to tell somebody whom no mail reaches, in its place."""

    __tablename__ = "stadtlabor_desk_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_registration.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(40))
    """The kind of the mail that it stands for."""
    tells: Mapped[dict[str, Any] | None] = mapped_column(Document(dict[str, Any]))
    """What the mail tells beyond how the registration and its event are now."""
    refused_address: Mapped[str | None] = mapped_column(String(320))
    """Where the mail could not be delivered; None for somebody without an address."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_by: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    """The name of who of staff passed it on; None while nobody has, and once it is forgotten."""
    done_key: Mapped[str | None] = staff_key("done_by")
    """The host's opaque key of who that was."""

    registration: Mapped[Registration] = relationship(lazy="raise")


class OfflineArrival(Base):
    """That a door without a network has told of an arrival, so that it counts once.

    There is a row for each that was recorded, however often the device sends it.
    """

    __tablename__ = "stadtlabor_offline_arrival"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_registration.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Random; the device makes it when somebody comes in."""


class GroupMessage(ByStaff, Base):
    """What staff writes to a group of an event's people; each gets it in their own language.

    The rounds of the worker write the mails, in the order of registrations, a few at a time.
    """

    __tablename__ = "stadtlabor_group_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_event.id"), index=True)
    texts: Mapped[dict[str, dict[str, str]]] = mapped_column(Document(dict[str, dict[str, str]]))
    """``subject`` and ``text`` (Markdown) by language."""
    chosen: Mapped[dict[str, Any]] = mapped_column(Document(dict[str, Any]))
    """The group, as :class:`~.filters.RegistrationFilter` writes it.

    With ``q``, what was searched for, until everybody has had their turn, and a ``mark`` of it.
    """
    people: Mapped[int]
    """How many registrations were in it."""
    written: Mapped[int] = mapped_column(default=0)
    """To how many of them it was written so far."""
    reached: Mapped[int] = mapped_column(default=0)
    """The number of the last registration that had its turn."""
    last: Mapped[int]
    """The number of the last registration of all; whoever comes later gets nothing of it."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)


class AccessToken(Base):
    """A personal link; only the token's hash is kept (S3).

    It outlives its registration while a consent is in force, so that this can be withdrawn (C13).
    """

    __tablename__ = "stadtlabor_access_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("stadtlabor_registration.id", ondelete="SET NULL"), index=True
    )
    subject: Mapped[str] = mapped_column(String(32), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closings: Mapped[int] = mapped_column(default=0)
    """How often the pages behind it were closed; a session that was opened before is over."""

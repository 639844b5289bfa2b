"""Tables of series, projects and events."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    and_,
    or_,
)
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flask_stadtlabor.db import (
    Base,
    Document,
    LocalizedColumn,
    LocalizedText,
    UTCDateTime,
    long_text,
    slug_type,
)
from flask_stadtlabor.events.content import (
    Contact,
    Feedback,
    FeedbackNumbers,
    Funding,
    Image,
    Organiser,
    ProgrammeItem,
    Results,
    Venue,
)
from flask_stadtlabor.events.project_content import Category, Phase
from flask_stadtlabor.events.questions.question import Question
from flask_stadtlabor.events.seat_count import SeatCount
from flask_stadtlabor.ports import Level
from flask_stadtlabor.state import now, settings


class EventStatus(StrEnum):
    """Where an event stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"


OFF = (EventStatus.CANCELLED, EventStatus.POSTPONED)
"""What was published and does not take place, on its date at least."""


class CompanionNames(StrEnum):
    """Whether a party says who its other members are."""

    NO = "no"
    OPTIONAL = "optional"
    REQUIRED = "required"


DEFAULT_REMINDERS = (24,)
"""Hours before the start at which an event reminds people that says nothing about it."""


class Series(Base):
    """A row of events under one name, with those who fund it."""

    __tablename__ = "stadtlabor_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(slug_type(), unique=True)
    title: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    summary: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    description: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    funding: Mapped[tuple[Funding, ...]] = mapped_column(
        Document(tuple[Funding, ...]), default=tuple
    )
    url: Mapped[str | None] = mapped_column(Text)


class Project(Base):
    """A participation project that events show."""

    __tablename__ = "stadtlabor_project"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(slug_type(), unique=True)
    title: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    summary: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    description: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    status: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    promise: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    """What the city promised to do with the outcome."""
    url: Mapped[str | None] = mapped_column(Text)
    image: Mapped[Image | None] = mapped_column(Document(Image))
    timezone: Mapped[str] = mapped_column(String(64), default=lambda: settings().timezone)
    """That of the phases' wall times."""
    phases: Mapped[tuple[Phase, ...]] = mapped_column(Document(tuple[Phase, ...]), default=tuple)
    """As they were written; :func:`.phases.timed_phases` has them in time."""
    categories: Mapped[tuple[Category, ...]] = mapped_column(
        Document(tuple[Category, ...]), default=tuple
    )
    """What its ideas can be about."""
    level: Mapped[str] = mapped_column(String(20), default="confirmed_email")
    """The name of the least :class:`~.ports.Level` of whoever writes an idea or a comment."""
    threshold: Mapped[int | None]
    """How many supports of an idea make the city answer; None where no number does."""
    holds_first_posts: Mapped[bool] = mapped_column(default=False)
    """Whether a moderator reads what somebody writes for the first time, before everybody can."""
    most_ideas: Mapped[int | None]
    """How many ideas one person can publish in it; None for any number."""

    sequence: Mapped[int] = mapped_column(default=0)
    """RFC 5545 §3.8.7.4, as an event has it: raised by a change of its phases."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    revised_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    search_text: Mapped[str] = mapped_column(long_text(), default="")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its phases."""
        return ZoneInfo(self.timezone)

    @property
    def least_level(self) -> Level:
        """How well the host must know whoever writes an idea or a comment."""
        return Level[self.level.upper()]


class EventProject(Base):
    """Which projects an event shows, in which order."""

    __tablename__ = "stadtlabor_event_project"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_event.id", ondelete="CASCADE"), primary_key=True
    )
    project_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_project.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int]
    project: Mapped[Project] = relationship(lazy="raise")


class Event(Base):
    """One event. Times are UTC; ``timezone`` turns them into wall times (D4).

    A column that staff fills in has a field of the same name in ``exchange/entries.py``, by which
    it is imported, exported and edited.
    """

    __tablename__ = "stadtlabor_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid.uuid4()))
    """Lasting and opaque: the UID in calendars, the id in feeds, the key in the consent ledger."""
    slug: Mapped[str] = mapped_column(slug_type(), unique=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("stadtlabor_series.id"), index=True)
    status: Mapped[str] = mapped_column(String(20), default=EventStatus.DRAFT)

    title: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    topic: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    summary: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    description: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    easy_language: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    sign_language_url: Mapped[str | None] = mapped_column(Text)
    languages: Mapped[tuple[str, ...]] = mapped_column(Document(tuple[str, ...]), default=tuple)
    """Languages spoken at the event."""
    price: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    """What it costs to come, in words; empty where the event says nothing of it."""

    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    doors_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    previous_starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """The start before a published event was moved (schema.org previousStartDate)."""
    timezone: Mapped[str] = mapped_column(String(64))
    off_reason: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    """Why it is cancelled or postponed, in words."""
    alternative_event: Mapped[str | None] = mapped_column(slug_type())
    """The slug of the event to which people can come where this one is cancelled."""
    alternative_date: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    """The same in words, where no event stands in for it."""

    venue: Mapped[Venue | None] = mapped_column(Document(Venue))
    organisers: Mapped[tuple[Organiser, ...]] = mapped_column(
        Document(tuple[Organiser, ...]), default=tuple
    )
    contact: Mapped[Contact | None] = mapped_column(Document(Contact))
    image: Mapped[Image | None] = mapped_column(Document(Image))
    programme: Mapped[tuple[ProgrammeItem, ...]] = mapped_column(
        Document(tuple[ProgrammeItem, ...]), default=tuple
    )
    results: Mapped[Results | None] = mapped_column(Document(Results))
    """What came of it; read by :func:`.next_step.results_told`."""
    feedback: Mapped[Feedback | None] = mapped_column(Document(Feedback))
    """Whether and how long it is asked how it was."""
    feedback_numbers: Mapped[FeedbackNumbers | None] = mapped_column(Document(FeedbackNumbers))
    """How that was answered; there once no answer is taken any more, where everybody is told."""
    purposes: Mapped[tuple[str, ...]] = mapped_column(Document(tuple[str, ...]), default=tuple)
    """Slugs of the consent purposes, in the order in which the form asks."""
    retention_days: Mapped[int | None]

    takes_registrations: Mapped[bool] = mapped_column(default=False)
    opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    capacity: Mapped[int | None]
    """Seats in all; None means unlimited."""
    waiting_list: Mapped[bool] = mapped_column(default=True)
    max_party_size: Mapped[int] = mapped_column(default=1)
    confirm_by_email: Mapped[bool] = mapped_column(default=True)
    ask_age: Mapped[bool] = mapped_column(default=False)
    questions: Mapped[tuple[Question, ...]] = mapped_column(
        Document(tuple[Question, ...]), default=tuple
    )
    smaller_parties_may_pass: Mapped[bool] = mapped_column(default=False)
    """Whether a waiting party that does not fit yet lets smaller ones behind it go first."""
    companion_names: Mapped[str] = mapped_column(String(20), default=CompanionNames.NO)
    ask_support: Mapped[bool] = mapped_column(default=False)
    """Whether the form asks what somebody needs to take part, such as an interpreter."""
    support_retention_days: Mapped[int | None]
    reminder_hours: Mapped[tuple[int, ...]] = mapped_column(
        Document(tuple[int, ...]), default=DEFAULT_REMINDERS
    )
    """Hours before the start at which those who come are reminded."""
    thank_you: Mapped[bool] = mapped_column(default=False)
    """Whether those who came get a mail afterwards."""

    seats_taken: Mapped[int] = mapped_column(default=0)
    """Held, offered and confirmed seats; changed only in ``registration.allocation.seats``."""
    seats_unnamed: Mapped[int] = mapped_column(default=0)
    """Those of ``seats_taken`` that no registration stands for any more: whoever had theirs erased
    while they were inside, and what retention deleted after the event."""
    seats_confirmed: Mapped[int] = mapped_column(default=0)
    """Those of confirmed registrations, from which public numbers are made; counted there too."""
    parties_waiting: Mapped[int] = mapped_column(default=0)
    smallest_party_waiting: Mapped[int | None]
    """The size of the smallest waiting party; None while nobody waits."""
    last_queue_number: Mapped[int] = mapped_column(default=0)
    """Counts the waiting list, as the two above; changed only in ``allocation.seats``."""
    registrations_mark: Mapped[str] = mapped_column(String(32), default="")
    """Another one after each change of how many registrations there are, of their states, parties
    and languages, and of how many people have arrived; changed only there, too."""

    sequence: Mapped[int] = mapped_column(default=0)
    """RFC 5545 §3.8.7.4: raised by every change that matters to somebody's calendar."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(long_text(), default="")

    # not "raise": after a commit a host's policy may ask for it again
    series: Mapped[Series | None] = relationship()
    """Read together with the event wherever events are listed (``queries.with_series``)."""

    __table_args__ = (
        CheckConstraint("seats_taken >= 0", "seats_not_negative"),
        CheckConstraint("capacity IS NULL OR seats_taken <= capacity", "seats_within_capacity"),
        CheckConstraint("parties_waiting >= 0", "waiting_not_negative"),
        CheckConstraint("ends_at >= starts_at", "ends_after_start"),
        Index("ix_stadtlabor_event_starts_at_id", "starts_at", "id"),
    )

    @property
    def zone(self) -> ZoneInfo:
        """The event's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it."""
        return self.status != EventStatus.DRAFT

    @property
    def largest_party(self) -> int:
        """How many people one registration may hold; never more than the event has seats."""
        most = self.max_party_size
        return most if self.capacity is None else max(1, min(most, self.capacity))

    @hybrid_method
    def queue_is_served(self, moment: datetime) -> bool:
        """Whether free seats are kept for those who wait: until the event begins."""
        return self.starts_at > moment

    @hybrid_method
    def makes_offers(self, moment: datetime) -> bool:
        """Whether those who wait may still be offered seats."""
        # "&" instead of "and", so that the hybrid also works as SQL
        published = self.status == EventStatus.PUBLISHED
        return published & self.takes_registrations & self.queue_is_served(moment)

    @hybrid_property
    def seats_wait_for_queue(self) -> bool:
        """Whether the smallest party that waits fits into the free seats."""
        smallest, free = self.smallest_party_waiting, self.seat_count.free
        return smallest is not None and (free is None or smallest <= free)

    @seats_wait_for_queue.inplace.expression
    @classmethod
    def _seats_wait_for_queue(cls) -> ColumnElement[bool]:
        fits = cls.smallest_party_waiting <= cls.capacity - cls.seats_taken
        return and_(cls.smallest_party_waiting.is_not(None), or_(cls.capacity.is_(None), fits))

    @property
    def seat_count(self) -> SeatCount:
        """What tells how many seats are left."""
        return SeatCount(
            capacity=self.capacity,
            taken=self.seats_taken,
            confirmed=self.seats_confirmed,
            smallest_waiting=self.smallest_party_waiting,
            smaller_may_pass=self.smaller_parties_may_pass,
        )

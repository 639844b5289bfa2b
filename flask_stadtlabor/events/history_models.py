"""Tables of the history of events, shared content and answers, and of planned drafts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor.by_staff import ByStaff
from flask_stadtlabor.db import Base, Document, UTCDateTime, slug_type


class Step(StrEnum):
    """With what an event, or shared content, was left in a state."""

    FOUND = "found"
    """There before there was a history."""
    CREATED = "created"
    IMPORTED = "imported"
    DUPLICATED = "duplicated"
    EDITED = "edited"
    """Changed while nobody but staff could see it."""
    DRAFTED = "drafted"
    """A draft of changes to an event that everybody sees."""
    CARRIED_OVER = "carried_over"
    """The same draft, with what an import changed meanwhile."""
    DISCARDED = "discarded"
    """The draft of changes was thrown away."""
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    MOVED = "moved"
    REMOVED = "removed"
    """Shared content that nobody can choose any longer."""
    PICTURE_WITHDRAWN = "picture_withdrawn"
    IDEAS_MERGED = "ideas_merged"
    """An idea of a project became part of another one; the project itself stays as it was."""
    IDEAS_PARTED = "ideas_parted"
    """That was taken back."""


class Deed(StrEnum):
    """What somebody did with the people of an event, which changes nothing of the event."""

    WROTE = "wrote"
    """A message to a group of them."""
    DOWNLOADED = "downloaded"
    """Their list as a file."""
    PROMOTED = "promoted"
    """A party of the waiting list was given seats out of its turn."""


DRAFT_STEPS = (Step.DRAFTED, Step.CARRIED_OVER)
"""Those that leave what everybody sees as it was."""
DRAFT_ENDING_STEPS = (Step.EDITED, Step.PUBLISHED, Step.UNPUBLISHED)
"""Those after which the event is what its draft of changes was."""


class HistoryEntry(ByStaff):
    """One state in which somebody left something. Append-only."""

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    """Counts from 1."""
    document: Mapped[dict[str, Any]] = mapped_column(Document(dict[str, Any]))
    """The whole state, as in the exchange file."""
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    step: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    """Why nobody was told of it, where people would have been; or which ideas were merged."""

    @property
    def is_draft(self) -> bool:
        """Whether everybody sees something else."""
        return self.step in DRAFT_STEPS


class EventRevision(HistoryEntry, Base):
    """One state of an event, or of a draft of changes to it."""

    __tablename__ = "stadtlabor_event_revision"

    event_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_event.id"))

    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        Index(
            "ix_stadtlabor_event_revision_trail",
            *("at", "id", "event_id", "step", "actor_key", "actor_name"),
        ),
    )


class PreviewLink(ByStaff, Base):
    """A link by which anybody sees what staff works on, until it ends."""

    __tablename__ = "stadtlabor_preview_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_event.id"))
    number: Mapped[int]
    """Counts from 1 for each event."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """When it leads nowhere any more; earlier than planned once somebody ended it."""

    __table_args__ = (UniqueConstraint("event_id", "number"),)


class SharedKind(StrEnum):
    """What several events have in common; the value stands in addresses."""

    SERIES = "series"
    PROJECT = "projects"
    VENUE = "venues"
    ORGANISER = "organisers"
    QUESTION_SET = "question-sets"
    MAIL_TEXT = "mail-texts"
    RULE = "rules"


class SharedRevision(HistoryEntry, Base):
    """One state of something that several events share.

    Series and projects have rows of their own besides; a venue, an organiser or a set of questions
    is nothing but its history, and the newest entry is what it is now.
    """

    __tablename__ = "stadtlabor_shared_revision"

    kind: Mapped[str] = mapped_column(String(20))
    """A :class:`SharedKind`."""
    slug: Mapped[str] = mapped_column(slug_type())

    __table_args__ = (
        UniqueConstraint("kind", "slug", "number"),
        Index(
            "ix_stadtlabor_shared_revision_trail",
            *("at", "id", "step", "actor_key", "actor_name"),
        ),
    )


class AnswerRevision(HistoryEntry, Base):
    """One state of the newest official answer to an idea."""

    __tablename__ = "stadtlabor_idea_answer_revision"

    idea_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_idea.id"))

    __table_args__ = (
        UniqueConstraint("idea_id", "number"),
        Index(
            "ix_stadtlabor_idea_answer_revision_trail",
            *("at", "id", "step", "actor_key", "actor_name"),
        ),
    )


class PlannedPublishing(ByStaff, Base):
    """When a draft is published by itself; there until it is published or called off."""

    __tablename__ = "stadtlabor_planned_publishing"

    event_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_event.id"), primary_key=True)
    publish_at: Mapped[datetime] = mapped_column(UTCDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it was to be published and could not; it is not tried again."""


class EventDeed(ByStaff, Base):
    """Something that was done with the people of an event, without naming any. Append-only."""

    __tablename__ = "stadtlabor_event_deed"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_event.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    deed: Mapped[str] = mapped_column(String(20))
    about: Mapped[dict[str, Any]] = mapped_column(Document(dict[str, Any]))
    """Which group it was about, what for, and how many; never who."""

    __table_args__ = (
        Index(
            "ix_stadtlabor_event_deed_trail",
            *("at", "id", "event_id", "deed", "actor_key", "actor_name"),
        ),
    )

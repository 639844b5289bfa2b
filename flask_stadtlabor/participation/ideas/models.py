"""Tables of ideas: their texts, who supports and follows them, what finds similar ones, and what
the city answers."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flask_stadtlabor.db import (
    Base,
    LocalizedColumn,
    LocalizedText,
    UTCDateTime,
    long_text,
    slug_type,
)
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.uploaded import Uploaded, uploaded
from flask_stadtlabor.participation.people.models import LONGEST_PUBLIC_NAME

LONGEST_TITLE = 120
LONGEST_PLACE = 200
LONGEST_DEPARTMENT = 200
LONGEST_PICTURE_ALT = 300
GRAM_LENGTH = 3


class IdeaStatus(StrEnum):
    """Where an idea stands on its way to everybody, and what became of it."""

    WAITING = "waiting"
    """Its author has to open the link in a mail first, and to publish it."""
    DRAFT = "draft"
    HELD = "held"
    """A moderator reads it first: its author's first one, or one that came from elsewhere."""
    PUBLISHED = "published"
    HIDDEN = "hidden"
    """By a moderator."""
    WITHDRAWN = "withdrawn"
    """By its author; its page stays."""
    MERGED = "merged"
    """Into another one; its page stays."""


UNSENT = (IdeaStatus.WAITING, IdeaStatus.DRAFT)
"""What its author alone knows of, and can still publish."""
DELETABLE = (*UNSENT, IdeaStatus.HELD)
"""What its author can delete, for nobody but a moderator has read it."""


READABLE = (IdeaStatus.PUBLISHED, IdeaStatus.WITHDRAWN, IdeaStatus.MERGED)
"""Ideas whose words everybody can read."""


class Idea(Base):
    """What somebody proposes for a project; its number names it outside."""

    __tablename__ = "stadtlabor_idea"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_project.id"))
    project: Mapped[Project] = relationship(lazy="raise")
    participant_id: Mapped[int | None] = mapped_column(
        ForeignKey("stadtlabor_participant.id"), index=True
    )
    """Whose it is; None once they had themselves erased, and for one that was imported."""
    public_name: Mapped[str | None] = mapped_column(String(LONGEST_PUBLIC_NAME))
    """The name that stands at it; None for “Anonymous”."""
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    text: Mapped[str] = mapped_column(long_text())
    """Markdown; empty, as the title, once its author took it away. A draft may lack one of them."""
    category: Mapped[str | None] = mapped_column(slug_type())
    """The slug of one of the project's categories."""
    place: Mapped[str | None] = mapped_column(String(LONGEST_PLACE))
    """Where it is about, in words."""
    area: Mapped[str | None] = mapped_column(slug_type())
    """The slug of an area of the host's file."""
    language: Mapped[str] = mapped_column(String(35))
    """Of title and text."""
    translations: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    """Title and text in other languages, Markdown; only what came from elsewhere has any."""
    picture: Mapped[str | None] = mapped_column(String(50), index=True)
    """The name of an uploaded picture (:mod:`~flask_stadtlabor.events.uploaded`) that is this
    idea's alone."""
    picture_alt: Mapped[str | None] = mapped_column(String(LONGEST_PICTURE_ALT))
    """What it shows, in the idea's language."""
    status: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    """Raised by each change of a text that somebody supports."""
    supports: Mapped[int] = mapped_column(default=0)
    """How many support it: kept in step with their rows by the same transaction."""
    threshold_reached_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When a support brought it to the project's threshold of then; it stays when fewer support it
    later, and is None where the threshold came down to it."""
    reason: Mapped[str | None] = mapped_column(long_text())
    """Why its author withdrew it."""
    fingerprint: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of what its author sent, so that a double click makes one idea (S5)."""
    search_text: Mapped[str] = mapped_column(long_text())
    verdict: Mapped[str | None] = mapped_column(String(20))
    """Of the newest official answer; None for an idea without one."""
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the newest official answer was published."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("supports >= 0", "supports_not_negative"),
        Index("ix_stadtlabor_idea_newest", "project_id", "status", "published_at"),
        Index("ix_stadtlabor_idea_most_supported", "project_id", "status", "supports"),
        Index("ix_stadtlabor_idea_answered", "project_id", "status", "answered_at"),
    )

    @property
    def shown_picture(self) -> Uploaded | None:
        """Its picture, as far as that is served."""
        return uploaded(self.picture) if self.status != IdeaStatus.HIDDEN else None

    @property
    def is_public(self) -> bool:
        """Whether everybody can read it."""
        return self.status == IdeaStatus.PUBLISHED

    @property
    def lacks_words(self) -> bool:
        """Whether it is a draft that nobody could read yet."""
        return self.status in UNSENT and not (self.title and self.text)

    @property
    def is_for_author_alone(self) -> bool:
        """Whether nobody but its author knows that it is there."""
        return self.status in DELETABLE or self.was_refused

    @property
    def was_refused(self) -> bool:
        """Whether a moderator has hidden it before everybody could read it."""
        return self.status == IdeaStatus.HIDDEN and self.published_at is None

    @property
    def was_taken_away(self) -> bool:
        """Whether its author had its text erased, so that its page alone is left."""
        return self.status == IdeaStatus.WITHDRAWN and not self.text


class Verdict(StrEnum):
    """What the city says to an idea."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"
    UNDER_REVIEW = "under_review"


class IdeaVersion(Base):
    """An earlier text of an idea that somebody supported."""

    __tablename__ = "stadtlabor_idea_version"

    idea_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_idea.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    text: Mapped[str] = mapped_column(long_text())
    supports: Mapped[int]
    """How many supported the idea when this text was changed."""
    replaced_at: Mapped[datetime] = mapped_column(UTCDateTime)


class IdeaSupport(Base):
    """Somebody supports an idea; once, by its key."""

    __tablename__ = "stadtlabor_idea_support"

    idea_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_idea.id", ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_participant.id"), primary_key=True, index=True
    )
    version: Mapped[int]
    """The text that they supported."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class IdeaFollow(Base):
    """Somebody wants to hear news of an idea; once, by its key."""

    __tablename__ = "stadtlabor_idea_follow"

    idea_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_idea.id", ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_participant.id"), primary_key=True, index=True
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class IdeaAnswer(Base):
    """An official answer to an idea; of several, the newest counts, and the others stay beside it.

    It stands here and not with the room that writes it, because the page of the idea shows it.
    """

    __tablename__ = "stadtlabor_idea_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_idea.id"))
    number: Mapped[int]
    """Counts from 1 for each idea."""
    verdict: Mapped[str] = mapped_column(String(20))
    """A :class:`Verdict`."""
    reasons: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    """Markdown."""
    next_step: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    """What the city does next; may be empty."""
    next_step_on: Mapped[date | None]
    """By which day."""
    department: Mapped[str] = mapped_column(String(LONGEST_DEPARTMENT))
    """Who answers, in public."""
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reached: Mapped[int] = mapped_column(default=0)
    """The number of the participant up to whom the mails are written."""
    written: Mapped[int] = mapped_column(default=0)
    """How many mails were written."""
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    """When the last of them was written, or when it came about that nobody is told."""

    __table_args__ = (UniqueConstraint("idea_id", "number"),)


class IdeaMerge(Base):
    """An idea became part of another one, by staff; and how far whom it concerns were told.

    One that was taken back stays, so that nobody is told twice of the same.
    """

    __tablename__ = "stadtlabor_idea_merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_idea.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_idea.id"), index=True)
    people: Mapped[int]
    """How many were to get a mail, as staff was shown."""
    last: Mapped[int]
    """The highest number of a participant who was concerned then."""
    reached: Mapped[int] = mapped_column(default=0)
    """The highest number of a participant who has had their turn."""
    written: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When everybody had had their turn."""
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When staff took it back."""


class IdeaGram(Base):
    """Three letters in a row of a published idea's title, by which similar ones are found."""

    __tablename__ = "stadtlabor_idea_gram"

    project_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_project.id", ondelete="CASCADE"), primary_key=True
    )
    gram: Mapped[str] = mapped_column(
        String(GRAM_LENGTH).with_variant(
            mysql.VARCHAR(GRAM_LENGTH, collation="utf8mb4_bin"), "mysql", "mariadb"
        ),
        primary_key=True,
    )
    idea_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_idea.id", ondelete="CASCADE"), primary_key=True, index=True
    )

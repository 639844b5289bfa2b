"""Tables of comments: their texts and their places, and who agrees with them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flask_stadtlabor.db import Base, LocalizedColumn, LocalizedText, UTCDateTime, long_text
from flask_stadtlabor.events.models import Event, Project
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.participation.people.models import LONGEST_PUBLIC_NAME

LONGEST_THREAD = 60
MOST_DEEP = 100
"""Answers to answers; what is deeper stands beside what it answers."""


class CommentStatus(StrEnum):
    """Where a comment stands on its way to everybody, and what became of it."""

    WAITING = "waiting"
    """Its author has to open the link in a mail first, and to publish it."""
    HELD = "held"
    """A moderator reads it first."""
    PUBLISHED = "published"
    HIDDEN = "hidden"
    """By a moderator."""
    WITHDRAWN = "withdrawn"
    """By its author, with its words."""


TOMBSTONES = (CommentStatus.HIDDEN, CommentStatus.WITHDRAWN)
"""What everybody could read once; its place stays while there are replies below it."""


class Stance(StrEnum):
    """Whether a comment speaks for what it is about; most say neither."""

    FOR = "for"
    AGAINST = "against"


class Opinion(StrEnum):
    """What somebody thinks of a comment."""

    AGREE = "agree"
    DISAGREE = "disagree"


class Comment(Base):
    """What somebody says of an idea, a project, an event, an item of its programme or its results.

    Its number names it outside. Exactly one of ``idea_id``, ``project_id`` and ``event_id`` is set.
    """

    __tablename__ = "stadtlabor_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread: Mapped[str] = mapped_column(String(LONGEST_THREAD))
    """The key of what it is about (:class:`~.threads.Thread`)."""
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("stadtlabor_idea.id"), index=True)
    idea: Mapped[Idea | None] = relationship(lazy="raise")
    project_id: Mapped[int | None] = mapped_column(ForeignKey("stadtlabor_project.id"), index=True)
    project: Mapped[Project | None] = relationship(lazy="raise")
    event_id: Mapped[int | None] = mapped_column(ForeignKey("stadtlabor_event.id"), index=True)
    event: Mapped[Event | None] = relationship(lazy="raise")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("stadtlabor_comment.id"), index=True)
    """The comment that it answers."""
    depth: Mapped[int] = mapped_column(default=0)
    """How many comments stand above it."""
    participant_id: Mapped[int | None] = mapped_column(
        ForeignKey("stadtlabor_participant.id"), index=True
    )
    """Whose it is; None once they had themselves erased, and for one that was brought in."""
    public_name: Mapped[str | None] = mapped_column(String(LONGEST_PUBLIC_NAME))
    """The name that stands at it; None for “Anonymous”."""
    text: Mapped[str] = mapped_column(long_text())
    """Markdown; empty once its author took it away."""
    stance: Mapped[str | None] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(35))
    translations: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    """The same in other languages, Markdown; only what came from elsewhere has any."""
    status: Mapped[str] = mapped_column(String(20))
    agrees: Mapped[int] = mapped_column(default=0)
    """How many agree: kept in step with their rows by the same transaction, as the next two."""
    disagrees: Mapped[int] = mapped_column(default=0)
    replies: Mapped[int] = mapped_column(default=0)
    """Published comments anywhere below it."""
    fingerprint: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of what its author sent, so that a double click makes one comment (S5)."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When its author changed its words last, after it was published."""

    __table_args__ = (
        CheckConstraint("agrees >= 0 AND disagrees >= 0", "reactions_not_negative"),
        CheckConstraint("replies >= 0", "replies_not_negative"),
        Index("ix_stadtlabor_comment_newest", "thread", "parent_id", "published_at"),
        Index("ix_stadtlabor_comment_most_agreed", "thread", "parent_id", "agrees"),
        Index("ix_stadtlabor_comment_counted", "thread", "status", "stance"),
    )

    @property
    def is_public(self) -> bool:
        """Whether everybody can read it."""
        return self.status == CommentStatus.PUBLISHED

    @property
    def is_for_author_alone(self) -> bool:
        """Whether nobody but its author knows that it is there."""
        return self.status in (CommentStatus.WAITING, CommentStatus.HELD) or self.was_refused

    @property
    def was_refused(self) -> bool:
        """Whether a moderator has hidden it before everybody could read it."""
        return self.status == CommentStatus.HIDDEN and self.published_at is None

    @property
    def is_tombstone(self) -> bool:
        """Whether its place alone is left."""
        return self.status in TOMBSTONES


class CommentReaction(Base):
    """Somebody agrees or disagrees with a comment; once, by its key."""

    __tablename__ = "stadtlabor_comment_reaction"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_comment.id", ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_participant.id"), primary_key=True, index=True
    )
    opinion: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

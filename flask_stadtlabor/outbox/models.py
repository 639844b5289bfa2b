"""Tables of the outbox."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor.db import Base, Document, UTCDateTime, long_text


class MailState(StrEnum):
    """Where a mail stands."""

    QUEUED = "queued"
    SENT = "sent"
    GIVEN_UP = "given up"
    """The last try failed; ``flask stadtlabor check`` shows it."""


class OutboxMail(Base):
    """One mail. What is personal in it is blanked when it is delivered."""

    __tablename__ = "stadtlabor_outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    """The same at every try, so that a mail that arrives twice is known as one."""
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default=MailState.QUEUED)
    concerns: Mapped[str | None] = mapped_column(String(32), index=True)
    """The pseudonym of the registration that it is about, or the mark of the participant."""
    recipient: Mapped[str | None] = mapped_column(String(320))
    address_key: Mapped[str | None] = mapped_column(String(64), index=True)
    """A keyed hash of the recipient, by which everything about an address is found."""
    message: Mapped[str | None] = mapped_column(long_text())
    """The whole message by RFC 5322, in ASCII; None for one that is still to be written."""
    tells: Mapped[dict[str, Any] | None] = mapped_column(Document(dict[str, Any]))
    """What it tells of, where a later mail that takes its place has to tell that too."""
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_attempt_at: Mapped[datetime] = mapped_column(UTCDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Another worker leaves the mail alone until then."""
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_stadtlabor_outbox_state_next_attempt_at", "state", "next_attempt_at"),
    )


class OutboxRun(Base):
    """When a round over the outbox, by a command or a task, last came to its end."""

    __tablename__ = "stadtlabor_outbox_run"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

"""Tables of participants, and of the links that open their page."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flask_stadtlabor.db import Base, UTCDateTime

LONGEST_PUBLIC_NAME = 80
LONGEST_PATH = 500


def new_mark() -> str:
    """A name for a participant that tells no order."""
    return secrets.token_hex(16)


class Participant(Base):
    """Somebody who takes part: one for each account of the host's and for each mail address.

    Both keys are keyed hashes, so that a copy of the table names neither account nor address.
    """

    __tablename__ = "stadtlabor_participant"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(32), unique=True, default=new_mark)
    """Random: what names them in a mail's address and in the outbox."""
    account_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """A keyed hash of the host's key of their account."""
    address_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """A keyed hash of their mail address; None where the host has confirmed none."""
    email: Mapped[str | None] = mapped_column(String(320))
    """Where mails go."""
    public_name: Mapped[str | None] = mapped_column(String(LONGEST_PUBLIC_NAME))
    """The name that they gave last, which the next form suggests; None for “Anonymous”."""
    language: Mapped[str] = mapped_column(String(35))
    """Of their mails."""
    wants_digest: Mapped[bool] = mapped_column(default=True)
    """Whether they get a mail of news a day at most."""
    wants_answers: Mapped[bool] = mapped_column(default=True)
    """Whether they get a mail at once when the city answers an idea that they have to do with."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """When they began; as long as the address was only typed, when that was last."""
    first_published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When everybody could first read something of theirs; before that a moderator may read it."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When they first acted by an account or a link; None while an address was only typed."""


class ParticipantLink(Base):
    """A link in a mail that opens somebody's page; the token itself is not stored (S3)."""

    __tablename__ = "stadtlabor_participant_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_participant.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    leads_to: Mapped[str | None] = mapped_column(String(LONGEST_PATH))
    """The page of ours that it opens, where that is not their own."""
    participant: Mapped[Participant] = relationship(lazy="raise")

"""The table of news that wait for somebody's digest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor.db import Base, UTCDateTime


class News(Base):
    """Something that a participant is to be told in their next digest; once, by its key."""

    __tablename__ = "stadtlabor_news"

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_participant.id"))
    kind: Mapped[str] = mapped_column(String(40))
    """What happened; the room that tells it has the words."""
    about: Mapped[str] = mapped_column(String(20))
    """The kind of thing that it happened to, such as ``idea``."""
    number: Mapped[int]
    """Which of these."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    __table_args__ = (UniqueConstraint("participant_id", "kind", "about", "number"),)

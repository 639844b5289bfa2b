"""The table of answers; it knows nobody."""

from __future__ import annotations

import secrets
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor.db import Base, long_text


def new_mark() -> str:
    """A name that tells no order."""
    return secrets.token_hex(16)


class FeedbackAnswer(Base):
    """What somebody said about an event: no address, no session, no time finer than a day."""

    __tablename__ = "stadtlabor_feedback"

    mark: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_mark)
    """Random, because numbers would tell who answered after whom."""
    event_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_event.id"), index=True)
    day: Mapped[date]
    """By the clock of the event."""
    rating: Mapped[int]
    """From 1, not good at all, to 5, very good."""
    accessible: Mapped[str | None] = mapped_column(String(10))
    """``yes``, ``partly`` or ``no``: whether they could take part without barriers."""
    good: Mapped[str | None] = mapped_column(long_text())
    """What was good, in their words; deleted together with the event's registrations."""
    change: Mapped[str | None] = mapped_column(long_text())
    """What should be different, as above."""

    __table_args__ = (CheckConstraint("rating BETWEEN 1 AND 5", "rating_of_five"),)

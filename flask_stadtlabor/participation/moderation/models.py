"""Tables of moderation: what was reported, what was decided about it, and who objected."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flask_stadtlabor.by_staff import ByStaff
from flask_stadtlabor.db import Base, UTCDateTime, long_text, slug_type


class ReportState(StrEnum):
    """What became of a report."""

    PENDING = "pending"
    IGNORED = "ignored"
    """A moderator read it, and the text stays."""
    HIDDEN = "hidden"
    """The text was hidden."""


class Measure(StrEnum):
    """What a moderator decided about a text."""

    HIDDEN = "hidden"
    KEPT = "kept"
    """It was reported, and stays."""
    SPAM = "spam"
    """Hidden with others at once, without a statement (Art. 17(2) DSA)."""
    RELEASED = "released"
    """It waited for a moderator, and everybody can read it now."""
    REFUSED = "refused"
    """It waited for a moderator, and nobody will read it."""
    RESTORED = "restored"
    """It was hidden, and everybody can read it again."""


TAKING_AWAY = (Measure.HIDDEN, Measure.SPAM, Measure.REFUSED)
"""Those by which nobody can read the text."""
TOLD = (Measure.HIDDEN, Measure.REFUSED, Measure.RELEASED, Measure.RESTORED)
"""Those of which the author is told."""


class Subject:
    """The columns by which a row says which text it is about.

    There is no foreign key, because texts of several tables are moderated.
    """

    kind: Mapped[str] = mapped_column(String(20))
    """The name of a :class:`~.subjects.TextKind`."""
    number: Mapped[int]
    """Of the text among those of its kind."""
    turn: Mapped[int]
    """How many decisions about the text there were before."""
    project_id: Mapped[int | None] = mapped_column(index=True)
    """The project in which it was written; None for one about an event alone."""


def new_mark() -> str:
    """A name for a decision that tells no order."""
    return secrets.token_hex(16)


class Decision(Subject, ByStaff, Base):
    """What a moderator decided about a text. Its reasons are forgotten in time, and the rest stays.

    What Art. 17 DSA asks of a statement of reasons is made of it, in the author's language.
    """

    __tablename__ = "stadtlabor_moderation_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(32), unique=True, default=new_mark)
    """Random: what names it in an address."""
    participant_id: Mapped[int | None] = mapped_column(
        ForeignKey("stadtlabor_participant.id"), index=True
    )
    """Who wrote the text; None for a text without an author."""
    measure: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str | None] = mapped_column(slug_type())
    """The slug of the rule that the text breaks."""
    reasons: Mapped[str] = mapped_column(long_text())
    """The facts, in the moderator's words."""
    is_from_report: Mapped[bool]
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    objection: Mapped[Objection | None] = relationship(lazy="raise", viewonly=True)

    __table_args__ = (
        # of two moderators who decide at once, one sees what the other decided
        UniqueConstraint("kind", "number", "turn", name="uq_stadtlabor_moderation_decision_turn"),
    )


class Objection(ByStaff, Base):
    """What an author says against a decision; one for each."""

    __tablename__ = "stadtlabor_moderation_objection"

    decision_id: Mapped[int] = mapped_column(
        ForeignKey("stadtlabor_moderation_decision.id", ondelete="CASCADE"), primary_key=True
    )
    words: Mapped[str] = mapped_column(long_text())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    is_upheld: Mapped[bool | None]
    """Whether the author was right; None while nobody has decided."""
    reasons: Mapped[str] = mapped_column(long_text(), default="")
    """Why, in the moderator's words."""
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Report(Subject, Base):
    """Somebody says that a text breaks a rule; each person once until it is decided."""

    __tablename__ = "stadtlabor_moderation_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    reporter_key: Mapped[str] = mapped_column(String(64))
    """A keyed hash of who reports: their address, or else what they say."""
    rule: Mapped[str] = mapped_column(slug_type())
    words: Mapped[str] = mapped_column(long_text())
    """What is wrong, in the words of whoever reports."""
    email: Mapped[str | None] = mapped_column(String(320))
    """Where receipt and decision go; None for whoever wants none."""
    address_key: Mapped[str | None] = mapped_column(String(64), index=True)
    """A keyed hash of that address."""
    language: Mapped[str] = mapped_column(String(35))
    """Of these mails."""
    state: Mapped[str] = mapped_column(String(20), index=True, default=ReportState.PENDING)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        # a later report counts anew
        UniqueConstraint(
            "kind", "number", "turn", "reporter_key", name="uq_stadtlabor_moderation_report_once"
        ),
    )

"""The table of uploaded pictures; their bytes are in the host's storage."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor.by_staff import LONGEST_NAME, ByStaff, staff_key
from flask_stadtlabor.db import Base, LocalizedColumn, LocalizedText, UTCDateTime
from flask_stadtlabor.events.uploaded import Uploaded


class Picture(ByStaff, Base):
    """One uploaded picture. A withdrawn one stays, so that it does not come back unseen."""

    __tablename__ = "stadtlabor_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(32), unique=True)
    """A keyed hash of the file as it was uploaded; part of the picture's addresses."""
    width: Mapped[int]
    """Of the largest file that was made of it; the others follow from it."""
    height: Mapped[int]
    size: Mapped[int]
    """Bytes of all its files."""
    alt: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    """What was last said of it with an event."""
    credit: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=LocalizedText)
    focus_x: Mapped[int] = mapped_column(default=50)
    focus_y: Mapped[int] = mapped_column(default=50)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attached_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it was first saved with an event or an idea; None while it is only held for somebody's
    form, and once an idea let it go."""
    file_hash: Mapped[str | None] = mapped_column(String(32), index=True)
    """Of an idea's picture, whose own hash is by chance: the keyed hash of the file. None for one
    of an event."""
    hidden_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Since when an idea's picture is not served: its idea is hidden, or let it go."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    """The name of who withdrew it; None once it is forgotten."""
    withdrawn_key: Mapped[str | None] = staff_key("withdrawn_by")
    """The host's opaque key of who that was."""

    __table_args__ = (
        CheckConstraint("width > 0 AND height > 0", "has_a_size"),
        CheckConstraint(
            "focus_x BETWEEN 0 AND 100 AND focus_y BETWEEN 0 AND 100", "focus_within_picture"
        ),
    )

    @property
    def is_of_idea(self) -> bool:
        """Whether it was sent with an idea, to which alone it belongs."""
        return self.file_hash is not None

    @property
    def uploaded(self) -> Uploaded:
        """Its name, files and addresses."""
        return Uploaded(self.hash, self.width, self.height)

"""The table of what retention has deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor.db import Base, Document, UTCDateTime


class RetentionReport(Base):
    """The report of one retention run: counts of deleted rows, without personal data (C13)."""

    __tablename__ = "stadtlabor_retention_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime] = mapped_column(UTCDateTime)
    counts: Mapped[dict[str, int]] = mapped_column(Document(dict[str, int]))

"""The table of what came from where, so that an import can be repeated."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor.db import Base, slug_type

LONGEST_SOURCE = 150


class RecordKind(StrEnum):
    """What became of a row of CONSUL's; the first word is CONSUL's for it."""

    PROPOSAL = "proposal"
    """An idea of ours, as the two that follow."""
    DEBATE = "debate"
    INVESTMENT = "investment"
    COMMENT = "comment"
    """A comment of ours, or the place of one that was missing there."""
    BUDGET = "budget"
    """A project of ours, as all of those below that end so."""
    PROPOSALS = "proposals project"
    DEBATES = "debates project"
    BUDGETS = "budgets project"
    """Of investments that several budgets name."""
    MILESTONES = "milestones project"
    MILESTONE = "milestone"
    """A paragraph in that project."""
    PROPOSAL_TAG = "proposal tag"
    """A category of that project, as the next."""
    DEBATE_TAG = "debate tag"


class ConsulRecord(Base):
    """A row of an installation of CONSUL that came here: once, whatever became of it since."""

    __tablename__ = "stadtlabor_consul_record"

    source: Mapped[str] = mapped_column(
        String(LONGEST_SOURCE).with_variant(
            mysql.VARCHAR(LONGEST_SOURCE, collation="utf8mb4_bin"), "mysql", "mariadb"
        ),
        primary_key=True,
    )
    """The address of the installation, without its scheme."""
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    """A :class:`RecordKind`."""
    consul_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Its number there; 0 for a project that gathers all of a kind."""
    number: Mapped[int | None]
    """The number of the idea or comment that it became."""
    slug: Mapped[str | None] = mapped_column(slug_type())
    """Of the project that it became, or a part of; one that is removed and comes back keeps it."""

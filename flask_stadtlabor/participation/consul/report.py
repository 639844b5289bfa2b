"""What an import brought in, and what it left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from flask_stadtlabor.participation.consul.models import RecordKind
from flask_stadtlabor.participation.consul.threads import Subject


@dataclass
class Report:
    """Counts of one run."""

    new: Counter[RecordKind] = field(default_factory=Counter)
    """What came, by its kind."""
    known: Counter[RecordKind] = field(default_factory=Counter)
    """What had come before."""
    projects: int = 0
    held: int = 0
    """Ideas that wait for a moderator."""
    withdrawn: int = 0
    fell_back: int = 0
    """Texts that read the same in several of the languages."""
    cut: int = 0
    """Texts that were longer than one may be here."""
    undated: int = 0
    """Ideas that stand under the moment of the import."""
    milestones_without_room: int = 0
    removed: int = 0
    """Projects that staff removed here, whose rows are left out."""
    missing_comments: int = 0
    """Hidden ones, of which replies tell."""
    homeless: Counter[str] = field(default_factory=Counter)
    """Comments on what did not come, by CONSUL's word for that."""
    not_offered: list[str] = field(default_factory=list)
    """Lists that the API does not have."""
    failed: dict[str, str] = field(default_factory=dict)
    """Lists that could not be read to the end, and why."""
    incomplete: list[tuple[Subject, int, int]] = field(default_factory=list)
    """Subjects with more comments by CONSUL's count than it gives: counted, and given."""

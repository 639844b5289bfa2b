"""Retention: whether anything is kept for longer than it should be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask_stadtlabor.cli.checks.finding import Finding, note, warning
from flask_stadtlabor.cli.retention import in_words
from flask_stadtlabor.privacy import retention
from flask_stadtlabor.privacy.retention import Counts
from flask_stadtlabor.state import now

PATIENCE = timedelta(days=1)
"""How long something may be past its time, because retention comes by every night."""


def check_retention() -> Iterator[Finding]:
    """A warning where something is past its time and no run has come by lately."""
    ran = retention.last_run()
    since = "never run" if ran is None else f"last run at {ran:%Y-%m-%d %H:%M} UTC"
    yield note(f"Retention was {since}.")
    if ran is not None and now() - ran <= PATIENCE:
        return
    _, total = retention.due()
    overdue = Counts(registrations=total.registrations, support_needs=total.support_needs)
    if overdue:
        yield warning(
            f"Kept for longer than allowed: {in_words(overdue)}. Retention was {since}; let "
            "`flask stadtlabor retention run` come by every night, which `--dry-run` tells of."
        )

"""Finding people by what they answered, as conditions of a query."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select, true

from flask_stadtlabor.consent.answers.status import was_followed, was_replaced
from flask_stadtlabor.consent.models import (
    IN_FORCE,
    ConsentAction,
    ConsentEntry,
    ConsentSubject,
    ConsentText,
    Purpose,
)
from flask_stadtlabor.db import Statement
from flask_stadtlabor.state import now, session


def who_permit(purpose: str) -> Statement:
    """The pseudonyms of those whose consent to ``purpose`` may be relied on now (C7).

    The same rule as :attr:`~.answers.status.ConsentStatus.permits_use`. Which texts end a yes after
    some days is read beforehand, because each database reckons with days in its own way.
    """
    return (
        select(ConsentEntry.subject)
        .join(ConsentSubject, ConsentSubject.reference == ConsentEntry.subject)
        .join(Purpose, Purpose.slug == ConsentEntry.purpose)
        .where(
            ConsentEntry.purpose == purpose,
            ConsentEntry.event.in_(IN_FORCE),
            ConsentSubject.confirmed_at.is_not(None),
            ~was_followed(),
            ~was_replaced(),
            _has_not_expired(purpose),
        )
    )


def who_said_no(purpose: str) -> Statement:
    """The pseudonyms of those whose latest answer is a no, or who took a yes back."""
    return select(ConsentEntry.subject).where(
        ConsentEntry.purpose == purpose,
        ConsentEntry.event.in_((ConsentAction.REFUSED, ConsentAction.WITHDRAWN)),
        ~was_followed(),
    )


def _has_not_expired(purpose: str) -> ColumnElement[bool]:
    """Entries about a text whose yes lasts, or has not lasted for its days yet."""
    ending = session().execute(
        select(ConsentText.version, ConsentText.language, ConsentText.valid_days)
        .join(Purpose, Purpose.id == ConsentText.purpose_id)
        .where(Purpose.slug == purpose)
    )
    over = [
        and_(
            ConsentEntry.text_version == version,
            ConsentEntry.language == language,
            ConsentEntry.at <= now() - timedelta(days=days),
        )
        for version, language, days in ending
        if days is not None
    ]
    return ~or_(*over) if over else true()

"""Queries over many pseudonyms: which can still withdraw, and which no entry names."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from flask_stadtlabor.consent.answers.status import was_answered_since
from flask_stadtlabor.consent.models import IN_FORCE, ConsentEntry, ConsentSubject
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import change_rows


def has_consent(subject: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether the pseudonym in this column has said yes to anything and not taken it back.

    A yes of an address that nobody confirmed never counted, so that there is nothing to take back.
    """
    entry = aliased(ConsentEntry)
    return exists().where(
        entry.subject == subject,
        entry.event.in_(IN_FORCE),
        ~was_answered_since(entry),
        ConsentSubject.reference == entry.subject,
        ConsentSubject.confirmed_at.is_not(None),
    )


def forget_silent(references: Collection[str]) -> None:
    """Delete those of these pseudonyms that the ledger never names; the others belong to it."""
    named = session().scalars(
        select(ConsentEntry.subject).where(ConsentEntry.subject.in_(references)).distinct()
    )
    silent = set(references) - set(named)
    change_rows(delete(ConsentSubject).where(ConsentSubject.reference.in_(silent)))

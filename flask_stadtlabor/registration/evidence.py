"""Registrations and links that show what the consent ledger must hold (C14).

The comparison is made here because the ledger's package must not import this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Select, Subquery, and_, func, select

from flask_stadtlabor.consent.ledger.chain_verifier import Anchor, Broken, Verification
from flask_stadtlabor.consent.ledger.evidence import pages_of
from flask_stadtlabor.consent.ledger.verification import verify as verify_ledger
from flask_stadtlabor.consent.models import ConsentAction, ConsentEntry, ConsentSubject
from flask_stadtlabor.registration.models import AccessToken, Registration


def verify(anchors: Sequence[Anchor] = ()) -> Verification:
    """Verify the ledger, then compare it with registrations and links.

    ``anchors`` are those of :func:`flask_stadtlabor.consent.ledger.verification.verify`.
    """
    found = verify_ledger(anchors)
    if found.broken is not None:
        return found
    return Verification(found.entries, next(chain(_registrations(), _links()), None))


def _registrations() -> Iterator[Broken]:
    for number, subject, asked, known, found in pages_of(
        _questions_of,
        Registration.id,
        Registration.subject,
        Registration.consents_asked,
        lowest=0,
    ):
        if known is None:
            yield Broken(
                None,
                f"Registration {number} is of {subject}, of whom there is no row any more, nor "
                "could it be told which entries are missing.",
            )
        elif found < asked:
            yield Broken(
                None,
                f"The form of registration {number} asked {subject} for {_consents(asked)}, and "
                f"the ledger has {found or 'none'} of these questions.",
            )


def _questions_of(page: Subquery) -> Select[*tuple[Any, ...]]:
    """For each registration: whether its pseudonym is known, and how many consents it was asked
    for."""
    entry = ConsentEntry
    return (
        select(*page.c, ConsentSubject.reference, func.count(entry.purpose.distinct()))
        .outerjoin(ConsentSubject, ConsentSubject.reference == page.c.subject)
        .outerjoin(
            entry, and_(entry.subject == page.c.subject, entry.event == ConsentAction.REQUESTED)
        )
        .group_by(*page.c, ConsentSubject.reference)
    )


def _consents(count: int) -> str:
    return "1 consent" if count == 1 else f"{count} consents"


def _links() -> Iterator[Broken]:
    """A link outlives its registration only for a consent, which the ledger must have."""
    for _, registration_id, subject, found in pages_of(
        _entries_of_links,
        AccessToken.token_hash,
        AccessToken.registration_id,
        AccessToken.subject,
        lowest="",
    ):
        if registration_id is None and not found:
            yield Broken(
                None,
                f"A personal link of {subject} was kept because of a consent, and the ledger has "
                "no entry about it.",
            )


def _entries_of_links(page: Subquery) -> Select[*tuple[Any, ...]]:
    count = select(func.count()).where(ConsentEntry.subject == page.c.subject)
    return select(*page.c, count.scalar_subquery())

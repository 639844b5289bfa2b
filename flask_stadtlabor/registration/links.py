"""Personal links: made for a mail, kept as a hash, valid until the registration is deleted."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from flask_stadtlabor.consent.answers.status import is_in_force
from flask_stadtlabor.consent.models import Method
from flask_stadtlabor.i18n import page_language
from flask_stadtlabor.registration.models import AccessToken, Registration
from flask_stadtlabor.registration.retention_periods import kept_until
from flask_stadtlabor.state import now, session
from flask_stadtlabor.tokens import new_token, token_hash
from flask_stadtlabor.transactions import change_rows
from flask_stadtlabor.urls import absolute_url


class LinkAccess(NamedTuple):
    """Whom a personal link belongs to, or what somebody opened from their account."""

    subject: str
    """The pseudonym in the consent ledger."""
    registration: Registration | None
    """With its event; None once it was deleted."""
    closings: int = 0
    """How often the pages behind the link were closed."""
    is_account: bool = False
    """Whether its pages were opened from their account."""

    @property
    def method(self) -> Method:
        """How they act there, for the consent ledger."""
        return Method.WEB if self.is_account else Method.EMAIL_LINK


class LinkHasExpired(Exception):
    """The link was right once, and its time is over."""


HANDED_OVER: Final = "p."
"""What the token of a link begins with that was not mailed; no other token has such a sign."""


def personal_link(registration: Registration, *, is_mailed: bool = True) -> str:
    """A fresh absolute link to the registration's own pages, in the registrant's language.

    One that is handed over in place of mailed does not prove the registration's address.
    """
    token = new_token() if is_mailed else HANDED_OVER + new_token()
    session().add(
        AccessToken(
            token_hash=token_hash(token),
            registration_id=registration.id,
            subject=registration.subject,
            created_at=now(),
            expires_at=kept_until(registration.event),
        )
    )
    return absolute_url("open_link", lang=page_language(registration.language), token=token)


def access_by(hashed_token: str) -> LinkAccess | None:
    """What a token's hash leads to; None for an unknown one.

    After the registration was deleted, or its time is over, the link still leads to the consents as
    long as one is in force, so that it can be withdrawn (C13). Raises :class:`LinkHasExpired` when
    nothing is left to be seen.
    """
    found = (
        session()
        .execute(
            select(AccessToken, Registration)
            .outerjoin(Registration, AccessToken.registration_id == Registration.id)
            .where(AccessToken.token_hash == hashed_token)
            .options(joinedload(Registration.event))
        )
        .one_or_none()
    )
    if found is None:
        return None
    token, registration = found
    if registration is not None and _is_kept(registration, token):
        return LinkAccess(registration.subject, registration, token.closings)
    if not is_in_force(token.subject):
        raise LinkHasExpired
    return LinkAccess(token.subject, None, token.closings)


def closings_of(hashed_token: str) -> int | None:
    """How often the pages behind a link were closed; None for a link that is not kept any more."""
    return session().scalar(
        select(AccessToken.closings).where(AccessToken.token_hash == hashed_token)
    )


def close(hashed_token: str) -> None:
    """End all sessions that were opened by a link, or by another one to the same pages.

    The link opens the next one.
    """
    subject = session().scalar(
        select(AccessToken.subject).where(AccessToken.token_hash == hashed_token)
    )
    change_rows(
        update(AccessToken)
        .where(AccessToken.subject == subject)
        .values(closings=AccessToken.closings + 1)
    )


def _is_kept(registration: Registration, token: AccessToken) -> bool:
    """Whether the registration is still to be seen, or due for deletion."""
    if registration.restricted_at is not None:
        return True
    # an event that was moved keeps the links alive that were sent before
    return now() < max(token.expires_at, kept_until(registration.event))

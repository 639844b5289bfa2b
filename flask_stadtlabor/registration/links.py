"""Personal links: made for a mail, kept as a hash, valid until the registration is deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import AccessToken, Registration
from flask_stadtlabor.state import now, session, settings
from flask_stadtlabor.tokens import new_token, token_hash
from flask_stadtlabor.urls import absolute_url


class LinkHasExpired(Exception):
    """The link was right once, and its time is over."""


def kept_until(event: Event) -> datetime:
    """When the registrations of ``event`` are due for deletion, and their links end."""
    kept = settings().retention
    if event.retention_days is not None:
        kept = timedelta(days=event.retention_days)
    return event.ends_at + kept


def personal_link(registration: Registration) -> str:
    """A fresh absolute link to the registration's own pages, in the registrant's language."""
    token = new_token()
    session().add(
        AccessToken(
            token_hash=token_hash(token),
            registration_id=registration.id,
            subject=registration.subject,
            created_at=now(),
            expires_at=kept_until(registration.event),
        )
    )
    return absolute_url("open_link", lang=registration.language, token=token)


def registration_behind(hashed_token: str) -> Registration | None:
    """The registration, with its event, that a token's hash leads to; None for an unknown one.

    Raises :class:`LinkHasExpired`.
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
    # an event that was moved keeps the links alive that were sent before
    if registration is None or now() >= max(token.expires_at, kept_until(registration.event)):
        raise LinkHasExpired
    return registration

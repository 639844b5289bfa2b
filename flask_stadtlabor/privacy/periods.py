"""How long what is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.links import kept_until
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.state import settings

LAPSED_KEPT = timedelta(days=7)
"""How long a registration is kept that ended before anybody had confirmed it."""
SENT_MAILS_KEPT = timedelta(days=30)
"""How long it is kept that a mail was sent, and when; its words and address are gone at once."""


def registration_kept_until(registration: Registration) -> datetime:
    """When ``registration`` is due: after its event, and earlier if it ended unconfirmed."""
    kept = kept_until(registration.event)
    ended = {
        RegistrationState.EXPIRED: registration.expires_at,
        RegistrationState.CANCELLED: registration.cancelled_at,
    }.get(RegistrationState(registration.state))
    if registration.confirmed_at is not None or ended is None:
        return kept
    return min(kept, ended + LAPSED_KEPT)


def support_kept_until(event: Event) -> datetime:
    """When what people need to take part in ``event`` is due for deletion."""
    kept = settings().support_retention
    if event.support_retention_days is not None:
        kept = timedelta(days=event.support_retention_days)
    return event.ends_at + kept

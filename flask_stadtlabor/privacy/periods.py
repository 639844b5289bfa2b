"""How long what is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.registration.retention import kept_until, spared_until

LAPSED_KEPT = timedelta(days=7)
"""How long a registration is kept that ended before anybody had confirmed it."""
MAIL_RECORDS_KEPT = timedelta(days=30)
"""How long it is kept that there was a mail, after it was sent or blanked; never what it said."""


def registration_kept_until(registration: Registration) -> datetime | None:
    """When ``registration`` is due: after its event, and earlier if it ended unconfirmed.

    Never within some days after its event was changed. None while its processing is restricted.
    """
    if registration.restricted_at is not None:
        return None
    kept = kept_until(registration.event)
    ended = {
        RegistrationState.EXPIRED: registration.expires_at,
        RegistrationState.CANCELLED: registration.cancelled_at,
    }.get(RegistrationState(registration.state))
    if registration.confirmed_at is not None or ended is None:
        return kept
    return min(kept, max(ended + LAPSED_KEPT, spared_until(registration.event)))

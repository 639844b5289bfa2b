"""How long seats are held for somebody who has yet to confirm."""

from __future__ import annotations

from datetime import datetime

from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.state import now, settings


def deadline_of(registration: Registration) -> datetime:
    """When a hold or offer that begins now ends: with the event's end or start at the latest."""
    event = registration.event
    if registration.state == RegistrationState.OFFERED:
        return min(now() + settings().offer_within, event.starts_at)
    return min(now() + settings().confirm_within, event.ends_at)

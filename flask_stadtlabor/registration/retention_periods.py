"""How long registrations, their links and what people need to take part are kept.

Hosts set the defaults (``STADTLABOR_RETENTION`` and others in :mod:`flask_stadtlabor.config`), and
an event can have its own. :mod:`flask_stadtlabor.privacy.retention` deletes by these periods.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_stadtlabor.dates import format_day
from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.state import settings

CHANGED_KEPT = timedelta(days=7)
"""How long nothing is deleted after an event was changed: a date may have been mistyped."""
LAPSED_KEPT = timedelta(days=7)
"""How long a registration is kept that ended before anybody had confirmed it."""


def spared_until(event: Event) -> datetime:
    """Until when nothing of an event's registrations is deleted, because it was changed."""
    was_changed = event.sequence > 0 or event.revised_at > event.created_at
    return event.revised_at + CHANGED_KEPT if was_changed else event.created_at


def kept_until(event: Event) -> datetime:
    """When the registrations of ``event`` are due for deletion, and their links end."""
    kept = settings().retention
    if event.retention_days is not None:
        kept = timedelta(days=event.retention_days)
    return max(event.ends_at + _while_postponed(event, kept), spared_until(event))


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


def support_kept_until(event: Event) -> datetime:
    """When what people need to take part is deleted, with their registration at the latest."""
    kept = settings().support_retention
    if event.support_retention_days is not None:
        kept = timedelta(days=event.support_retention_days)
    until = max(event.ends_at + _while_postponed(event, kept), spared_until(event))
    return min(until, kept_until(event))


def postponed_line(event: Event) -> str:
    """For those who are registered: until when a new date is waited for; empty if none is."""
    if event.status != EventStatus.POSTPONED:
        return ""
    return _sl(
        "We keep your registration until %(day)s. If there is no new date by then, we delete it.",
        day=format_day(kept_until(event), event.timezone),
    )


def _while_postponed(event: Event, kept: timedelta) -> timedelta:
    """How long after its former date something is kept that the new date may need."""
    is_postponed = event.status == EventStatus.POSTPONED
    return max(kept, settings().postponed_retention) if is_postponed else kept

"""Tickets: who has one, and the QR code that the door reads."""

from __future__ import annotations

from io import BytesIO

import segno

from flask_stadtlabor.events.models import EventStatus
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.state import settings
from flask_stadtlabor.urls import absolute_url

QUIET_ZONE = 4
"""Modules of white around the code (ISO/IEC 18004), which a dark page would else take away."""
SCALE = 10
"""Pixels of a module in a picture: enough for paper."""


def ticket_address(registration: Registration) -> str:
    """The absolute address that a ticket's QR code holds; only staff can open it.

    It is in the default language, so that a ticket is the same in all.
    """
    return absolute_url(
        "ticket_check", lang=settings().default_locale, code=registration.ticket_code
    )


def has_ticket(registration: Registration) -> bool:
    """Whether there is a ticket: for those who come, to an event that takes place at a door."""
    event = registration.event
    return (
        registration.state == RegistrationState.CONFIRMED
        and event.status == EventStatus.PUBLISHED
        and not (event.venue is not None and event.venue.is_online_alone)
    )


def ticket_png(registration: Registration) -> bytes:
    """The QR code as a picture, black on white."""
    code = segno.make_qr(ticket_address(registration), error="m")
    file = BytesIO()
    code.save(file, kind="png", scale=SCALE, border=QUIET_ZONE)
    return file.getvalue()

"""The ticket: a page to show or to print, whose code the door reads."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from flask_stadtlabor.events.models import EventStatus
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.registration.ticket_codes import readable
from flask_stadtlabor.registration.views.link_session import opened_registration, personal
from flask_stadtlabor.state import settings
from flask_stadtlabor.urls import absolute_url


def ticket_address(registration: Registration) -> str:
    """The absolute address that a ticket's QR code holds; only staff can open it.

    It is in the default language, so that a ticket is the same in all.
    """
    return absolute_url(
        "ticket_check", lang=settings().default_locale, code=registration.ticket_code
    )


def has_ticket(registration: Registration) -> bool:
    """Whether there is a ticket: for those who come, to an event that takes place."""
    return (
        registration.state == RegistrationState.CONFIRMED
        and registration.event.status == EventStatus.PUBLISHED
    )


def ticket() -> ResponseReturnValue:
    """The ticket; 409 and what to do first where there is none (yet)."""
    registration = opened_registration()
    there_is_one = has_ticket(registration)
    page = render_template(
        f"stadtlabor/registration/{'ticket' if there_is_one else 'no_ticket'}.html",
        registration=registration,
        event=registration.event,
        address=ticket_address(registration) if there_is_one else None,
        code=readable(registration.ticket_code) if there_is_one else None,
    )
    return personal(page, 200 if there_is_one else 409)

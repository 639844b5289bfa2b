"""The ticket: a page to show or to print, whose code the door reads."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from flask_stadtlabor.registration.ticket_codes import readable
from flask_stadtlabor.registration.tickets import has_ticket, ticket_address
from flask_stadtlabor.registration.views.link_session import opened_registration, personal
from flask_stadtlabor.templating import draw


def ticket() -> ResponseReturnValue:
    """The ticket; 409 and what to do first where there is none (yet)."""
    registration = opened_registration()
    there_is_one = has_ticket(registration)
    page = draw(
        f"stadtlabor/registration/{'ticket' if there_is_one else 'no_ticket'}.html",
        registration=registration,
        event=registration.event,
        address=ticket_address(registration) if there_is_one else None,
        code=readable(registration.ticket_code) if there_is_one else None,
    )
    return personal(page, 200 if there_is_one else 409)

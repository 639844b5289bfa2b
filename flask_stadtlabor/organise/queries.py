"""Reading for the back office."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.ticket_codes import normal
from flask_stadtlabor.state import now, session

LISTED_PAST = 50
"""Past events that the front page shows, the latest first."""


def list_events() -> tuple[Sequence[Event], Sequence[Event]]:
    """Upcoming events, the soonest first, and past ones, the latest first; drafts too."""
    is_upcoming = Event.ends_at > now()
    upcoming = select(Event).where(is_upcoming).order_by(Event.starts_at, Event.id)
    past = select(Event).where(~is_upcoming).order_by(Event.starts_at.desc(), Event.id)
    return (
        session().scalars(upcoming).all(),
        session().scalars(past.limit(LISTED_PAST)).all(),
    )


def find_ticket(text: str) -> Registration | None:
    """The registration whose ticket was typed or scanned, however the code is written."""
    code = normal(text)
    if code is None:
        return None
    return session().scalar(select(Registration).where(Registration.ticket_code == code))

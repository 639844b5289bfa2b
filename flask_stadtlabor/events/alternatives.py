"""Which event people can come to where another one is cancelled."""

from __future__ import annotations

from sqlalchemy import select

from flask_stadtlabor.events.models import OFF, Event, EventStatus
from flask_stadtlabor.state import session


def find_alternative(event: Event) -> Event | None:
    """The event that stands in for a cancelled one; None unless everybody can go there.

    Read by itself, and only where an event names one, because an event may belong to no session.
    """
    if event.status != EventStatus.CANCELLED or not event.alternative_event:
        return None
    found: Event | None = session().scalar(
        select(Event).where(Event.slug == event.alternative_event)
    )
    return found if found is not None and found.is_public and found.status not in OFF else None

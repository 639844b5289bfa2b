"""Many people who come to an event, put into the database without their having to fill in forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from tests.host import Host


def crowd(host: Host, people: int = 1, slug: str = "plattform", **changes: Any) -> None:
    """So many confirmed registrations; ``changes`` are columns of each."""
    with host.app.app_context():
        session = host.db.session
        event = session.scalars(select(Event).where(Event.slug == slug)).one()
        before = event.last_queue_number = event.last_queue_number + people
        for number in range(before - people + 1, before + 1):
            values = {
                "state": "confirmed",
                "given_name": "Änne",
                "family_name": f"Yıldız-{number}",
                "email": f"person{number}@buerger.example",
                "language": "de",
                "subject": f"{slug}-{number}",
                "created_at": host.clock(),
                "confirmed_at": host.clock() - timedelta(seconds=1),
                **changes,
            }
            session.add(Registration(event=event, **values))
        event.seats_taken += people
        session.commit()

"""Many people who come to an event, put into the database without their having to fill in forms."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import func, select

from flask_stadtlabor.consent.models import ConsentSubject
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import ACTIVE, Registration
from flask_stadtlabor.registration.operations.signup import active_key
from tests.host import Host


def crowd(
    host: Host,
    people: int = 1,
    slug: str = "plattform",
    *,
    state: str = "confirmed",
    email: str | None = "person{number}@buerger.example",
    **changes: Any,
) -> None:
    """So many registrations in this state; ``changes`` are further columns of each."""
    with host.app.app_context():
        session = host.db.session
        event = session.scalars(select(Event).where(Event.slug == slug)).one()
        there = session.scalar(
            select(func.count(Registration.id)).where(Registration.event_id == event.id)
        )
        for number in range(1 + (there or 0), 1 + (there or 0) + people):
            address = email and email.format(number=number)
            values = {
                "given_name": "Änne",
                "family_name": f"Yıldız-{number}",
                "language": "de",
                "subject": f"{slug}-{number}",
                "created_at": host.clock(),
                "confirmed_at": _a_moment_ago(host) if state == "confirmed" else None,
                "queue_number": number if state == "waiting" else None,
                "active_key": active_key(event, address) if address and state in ACTIVE else None,
                **changes,
            }
            registration = Registration(event=event, state=state, email=address, **values)
            session.add(registration)
            session.add(ConsentSubject(reference=registration.subject, context=event.uid))
        if state == "waiting":
            event.parties_waiting += people
            event.last_queue_number = (there or 0) + people
        elif state in ACTIVE:
            event.seats_taken += people
            event.seats_confirmed += people if state == "confirmed" else 0
        event.registrations_mark = token_hex(16)
        session.commit()


def _a_moment_ago(host: Host) -> Any:
    return host.clock() - timedelta(seconds=1)

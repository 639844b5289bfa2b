"""Mails in the outbox, as short as a test can have them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from flask_stadtlabor.outbox.message import CalendarPart
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.outbox.operations import enqueue
from tests.host import Host

ICS = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
INVITATION = CalendarPart("REQUEST", ICS)


def letter(number: int = 1, **changes: Any) -> dict[str, Any]:
    """What ``enqueue`` takes."""
    return {
        "kind": "confirm",
        "recipient": f"person{number}@buerger.example",
        "subject": "Bitte bestätigen",
        "text": "Guten Tag, hier ist der Link: https://stadt.example/registration/geheim\n",
        "html": "<p>Schöne Grüße</p>\n",
        **changes,
    }


def write(host: Host, count: int = 1, **changes: Any) -> None:
    """Commit that many mails."""
    with host.app.app_context():
        for number in range(1, count + 1):
            enqueue(**letter(number, **changes))
        host.db.session.commit()


def rows(host: Host) -> list[OutboxMail]:
    """The outbox as it stands, the oldest first."""
    with host.app.app_context():
        return list(host.db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def row(host: Host) -> OutboxMail:
    """The only mail of the outbox."""
    (mail,) = rows(host)
    return mail

"""What was written to groups of people."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.models import GroupMessage, Registration
from flask_stadtlabor.state import session

MESSAGES_SHOWN = 20
"""Messages to groups that are listed, the latest."""


def messages_of(event: Event) -> Sequence[GroupMessage]:
    """What was written to groups of its people, the latest first."""
    theirs = select(GroupMessage).where(GroupMessage.event_id == event.id)
    return session().scalars(theirs.order_by(GroupMessage.id.desc()).limit(MESSAGES_SHOWN)).all()


def find_message(event: Event, number: int) -> GroupMessage | None:
    """The message with this number to people of ``event``; None where there is none."""
    found: GroupMessage | None = session().scalar(
        select(GroupMessage).where(GroupMessage.id == number, GroupMessage.event_id == event.id)
    )
    return found


def count_unsent(event: Event) -> int:
    """Mails of messages to groups that are written, and have not left yet."""
    theirs = select(Registration.subject).where(Registration.event_id == event.id)
    counting = select(func.count()).where(
        OutboxMail.kind == kinds.MESSAGE.name,
        OutboxMail.state == MailState.QUEUED,
        OutboxMail.concerns.in_(theirs),
    )
    return session().scalar(counting) or 0

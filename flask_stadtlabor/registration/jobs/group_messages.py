"""Messages to groups that are not written to everybody yet.

They are written a few at a time, each batch in a transaction of its own under the event's lock: a
worker that is killed leaves the rest to the next round, and whoever registers meanwhile waits for
one batch at most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import select

from flask_stadtlabor.events.locks import lock_event_numbered
from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.registration.filters import RegistrationFilter
from flask_stadtlabor.registration.models import GroupMessage, Registration
from flask_stadtlabor.registration.operations import group_message
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import commit

BATCH_SIZE = 25
"""How many mails one transaction writes."""
AT_ONCE = 100
"""How many of a message are written while whoever sent it waits."""


def write_messages(stop: Callable[[], bool], parts: Parts) -> int:
    """Go on with all messages; returns how many mails were written."""
    open_ones: list[int] = []
    with parts.part("Writing messages to groups"):
        unfinished = select(GroupMessage.id).where(GroupMessage.done_at.is_(None))
        open_ones = list(session().scalars(unfinished.order_by(GroupMessage.id)))
    return sum(_write(number, stop, parts) for number in open_ones)


def write_first(message_id: int) -> None:
    """Write the first of a message's mails, which are all of them for most messages."""
    begun = 0

    def is_enough() -> bool:
        nonlocal begun
        begun += BATCH_SIZE
        return begun > AT_ONCE

    _write(message_id, is_enough, Parts())


def _write(message_id: int, stop: Callable[[], bool], parts: Parts) -> int:
    written, failed = 0, parts.failed
    with parts.part(f"Writing message {message_id}"):
        message = session().get_one(GroupMessage, message_id, populate_existing=True)
        event_id, after, last = message.event_id, message.reached, message.last
        condition = RegistrationFilter.from_json(message.chosen).condition(event_id)

        def write_some(numbers: Sequence[int]) -> int:
            return group_message.write_to(lock_event_numbered(event_id), message_id, numbers)

        while not stop():
            # no transaction stays open, so that each batch sees what others have written since
            session().rollback()
            theirs = select(Registration.id).where(
                condition, Registration.id > after, Registration.id <= last
            )
            numbers = list(session().scalars(theirs.order_by(Registration.id).limit(BATCH_SIZE)))
            if numbers:
                written += parts.in_one_or_each(f"Message {message_id}", numbers, write_some)
                after = numbers[-1]
            if len(numbers) < BATCH_SIZE:
                if parts.failed == failed:
                    commit(partial(_finish, event_id, message_id))
                break
    return written


def _finish(event_id: int, message_id: int) -> None:
    group_message.finish(lock_event_numbered(event_id), message_id)

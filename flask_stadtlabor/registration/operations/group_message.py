"""A message of staff to a group of an event's people, each of whom gets it once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.events.history import record_deed
from flask_stadtlabor.events.history_models import Deed
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.filters import RegistrationFilter
from flask_stadtlabor.registration.locks import find_under
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.details import Details, OwnWords
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import GroupMessage, Registration
from flask_stadtlabor.registration.refusals import GroupChanged
from flask_stadtlabor.state import now, session
from flask_stadtlabor.tokens import keyed_hash

SAME_PRESS = timedelta(minutes=10)
"""Within it, the same words of the same person to the same number of people are one message."""
MARK_LENGTH = 4
"""Hexadecimal digits that are kept of a search's keyed hash."""


class Group(NamedTuple):
    """How many registrations a message would go to."""

    by_language: Mapping[str, int]
    without_mail: int
    """Those without an address, to whom staff passes it on."""

    @property
    def people(self) -> int:
        """All of them."""
        return sum(self.by_language.values())


def group_of(event: Event, chosen: RegistrationFilter) -> Group:
    """Whom a message to those would go to, in one statement."""
    rows = session().execute(
        select(
            Registration.language,
            func.count(),
            func.count() - func.count(Registration.email),
        )
        .where(chosen.condition(event.id))
        .group_by(Registration.language)
    )
    counts = {language: (int(people), int(silent)) for language, people, silent in rows}
    by_language = {language: people for language, (people, _) in sorted(counts.items())}
    return Group(by_language, sum(silent for _, silent in counts.values()))


def begin_message(
    within: LockedEvent,
    chosen: RegistrationFilter,
    texts: Mapping[str, OwnWords],
    by: By,
    *,
    people: int,
) -> GroupMessage:
    """Have a message written to a group, in each of its languages.

    ``people`` are the registrations that staff was shown; raises
    :class:`~.refusals.GroupChanged` where they are more or fewer by now, or none. A second press of
    the button finds the message that the first one began.
    """
    event = within.event
    begun = _begun_just_now(event, chosen, texts, by, people)
    if begun is not None:
        return begun
    group = group_of(event, chosen)
    if not people or group.people != people or not set(group.by_language) <= set(texts):
        raise GroupChanged
    newest = select(func.max(Registration.id)).where(chosen.condition(event.id))
    message = GroupMessage(
        event_id=event.id,
        texts=_as_kept(texts),
        chosen=_to_work_on(chosen),
        people=people,
        last=session().scalar(newest) or 0,
        created_at=now(),
        actor_key=by.key,
        actor_name=by.name,
    )
    session().add(message)
    session().flush()
    about = {"group": chosen.to_json(), "people": people, "message": message.id}
    record_deed(event, Deed.WROTE, about, by=by)
    return message


def _begun_just_now(
    event: Event,
    chosen: RegistrationFilter,
    texts: Mapping[str, OwnWords],
    by: By,
    people: int,
) -> GroupMessage | None:
    recent = session().scalars(
        select(GroupMessage).where(
            GroupMessage.event_id == event.id,
            GroupMessage.actor_key == by.key,
            GroupMessage.people == people,
            GroupMessage.created_at > now() - SAME_PRESS,
        )
    )
    said = (_as_kept(texts), _without_search(_to_work_on(chosen)))
    for found in recent:
        if (found.texts, _without_search(found.chosen)) == said:
            return found
    return None


def _to_work_on(chosen: RegistrationFilter) -> dict[str, Any]:
    """The group as its message has it while it is written, what was searched for included.

    The mark tells two searches apart after that. It is too short to find out a name by trying.
    """
    if not chosen.q:
        return chosen.to_json()
    return {
        **chosen.to_json(),
        "q": chosen.q,
        "mark": keyed_hash("group-search", chosen.q)[:MARK_LENGTH],
    }


def _without_search(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name != "q"}


def _as_kept(texts: Mapping[str, OwnWords]) -> dict[str, dict[str, str]]:
    return {language: words._asdict() for language, words in texts.items()}


def write_to(within: LockedEvent, message_id: int, numbers: Sequence[int]) -> int:
    """Write it to those of these registrations whose turn it still is; returns how many.

    Any number of workers can do this at once: they queue at the event row, and the second finds
    how far the first has come. Whoever has left the group since gets nothing.
    """
    message = session().get_one(GroupMessage, message_id, populate_existing=True)
    theirs = select(Registration).where(
        Registration.id.in_(numbers),
        Registration.id > message.reached,
        RegistrationFilter.from_json(message.chosen).condition(within.event.id),
    )
    people = find_under(within, theirs.order_by(Registration.id))
    for locked in people:
        registration = locked.registration
        words = _in_language(message, registration.language)
        send_mail(kinds.MESSAGE, registration, Details(message=words))
    message.reached = max(message.reached, *numbers)
    message.written += len(people)
    session().flush()
    return len(people)


def finish(within: LockedEvent, message_id: int) -> None:
    """Note that everybody has had their turn, and forget what they were found by."""
    message = session().get_one(GroupMessage, message_id, populate_existing=True)
    message.done_at = message.done_at or now()
    message.chosen = _without_search(message.chosen)


def _in_language(message: GroupMessage, language: str) -> OwnWords:
    """In the language of the mail; somebody may have corrected theirs since."""
    texts = message.texts
    return OwnWords(**texts.get(language, next(iter(texts.values()))))

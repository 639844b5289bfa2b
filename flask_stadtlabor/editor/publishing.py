"""The steps by which an event gets another status; no field does that."""

from __future__ import annotations

from flask_stadtlabor.editor.drafts import working
from flask_stadtlabor.editor.telling import Telling, telling
from flask_stadtlabor.events.history import By
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event, EventStatus, Step
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.saving import document_of, entry_from, save_entry
from flask_stadtlabor.registration.jobs.due_work import follow_change
from flask_stadtlabor.registration.operations.notify_change import tell_of_change

STATUS = {
    Step.UNPUBLISHED: EventStatus.DRAFT,
    Step.CANCELLED: EventStatus.CANCELLED,
    Step.POSTPONED: EventStatus.POSTPONED,
}
"""The status to which a step leads, whatever it was before."""


class Changed(Exception):
    """The event, its draft or the number of people is another than the page showed."""


def entry_after(event: Event, step: Step) -> EventEntry:
    """What the event will be; publishing takes the draft of changes in, the others leave it."""
    document = working(event).document if step is Step.PUBLISHED else document_of(event)
    status = STATUS.get(step)
    if step is Step.PUBLISHED:
        # what is cancelled or postponed stays so when its texts are mended
        status = EventStatus(event.status) if event.is_public else EventStatus.PUBLISHED
    return entry_from({**document, "status": status})


def look_ahead(event: Event, step: Step) -> Telling:
    """Who will be told what."""
    return telling(event, entry_after(event, step))


def take_step(
    within: LockedEvent, step: Step, by: By, *, number: int, people: int, silent_because: str = ""
) -> None:
    """Do it, and tell those whom it concerns, unless there is a reason to tell nobody.

    ``number`` is the state and ``people`` the registrations that the page showed; raises
    :class:`Changed` where either is another by now.
    """
    event = within.event
    if working(event).number != number or look_ahead(event, step).people != people:
        raise Changed
    change = save_entry(entry_after(event, step), step=step, by=by, note=silent_because)
    if not silent_because:
        tell_of_change(within, change)
    follow_change(within, change)

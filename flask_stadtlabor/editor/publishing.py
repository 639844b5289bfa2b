"""The steps by which an event gets another status; no field does that."""

from __future__ import annotations

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.editor.calling_off import with_status
from flask_stadtlabor.editor.drafts import Change, Changed, working
from flask_stadtlabor.editor.telling import Telling, telling
from flask_stadtlabor.events.history_models import DRAFT_ENDING_STEPS, Step
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.saving import document_of, entry_from, save_entry
from flask_stadtlabor.registration.jobs.due_work import follow_change
from flask_stadtlabor.registration.operations.notify_change import tell_of_change
from flask_stadtlabor.registration.operations.removed_questions import forget_answers

STATUS = {
    Step.UNPUBLISHED: EventStatus.DRAFT,
    Step.CANCELLED: EventStatus.CANCELLED,
    Step.POSTPONED: EventStatus.POSTPONED,
}
"""The status to which a step leads, whatever it was before."""


def entry_after(event: Event, step: Step, change: Change | None = None) -> EventEntry:
    """What the event will be.

    Publishing takes the draft of changes in, and so does taking the event back; the other steps
    leave it. ``change`` gives the document what the step brings along: its other date, by which a
    postponed event takes place again, or why it is called off.
    """
    takes_draft_in = step in DRAFT_ENDING_STEPS
    document = working(event).document if takes_draft_in else document_of(event)
    if change is not None:
        document = change(document)
    return entry_from(with_status(document, _status_after(event, step)))


def look_ahead(event: Event, step: Step, change: Change | None = None) -> Telling:
    """Who will be told what."""
    return telling(event, entry_after(event, step, change))


def take_step(
    within: LockedEvent,
    step: Step,
    by: By,
    *,
    number: int,
    people: int,
    silent_because: str = "",
    change: Change | None = None,
) -> None:
    """Do it, and tell those whom it concerns, unless there is a reason to tell nobody.

    ``number`` is the state and ``people`` the registrations that the page showed; raises
    :class:`Changed` where either is another by now.
    """
    event = within.event
    if working(event).number != number or look_ahead(event, step, change).people != people:
        raise Changed
    entry = entry_after(event, step, change)
    done = save_entry(entry, step=step, by=by, note=silent_because)
    if not silent_because:
        tell_of_change(within, done)
    follow_change(within, done)
    if step is Step.PUBLISHED:
        asked = {question.slug for question in within.event.questions}
        forget_answers(within, asked)


def _status_after(event: Event, step: Step) -> EventStatus:
    """What is cancelled or postponed stays so when its texts are mended."""
    if step is Step.MOVED and event.status == EventStatus.POSTPONED:
        return EventStatus.PUBLISHED
    if step is Step.PUBLISHED and not event.is_public:
        return EventStatus.PUBLISHED
    return STATUS.get(step, EventStatus(event.status))

"""Drafts: the state of an event on which staff works, saved by several people at once.

While nobody but staff sees an event, its row is the draft. Of an event that everybody sees, the
draft of changes stands in the history alone, until it is published.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.editor.faults import Faults, faults_of
from flask_stadtlabor.events import history
from flask_stadtlabor.events.content import pictures_with
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exchange.exporting import entry_of
from flask_stadtlabor.exchange.merging import Conflict, Difference, differences, merge
from flask_stadtlabor.exchange.saving import Document, document_of, entry_from, save_entry, whole
from flask_stadtlabor.pictures.operations import attach
from flask_stadtlabor.state import settings

Change = Callable[[Document], Document]
"""Makes of the document with which somebody began what they want it to be."""


class Working(NamedTuple):
    """The state on which staff works."""

    number: int
    """Of its entry in the history; 0 where there is none yet."""
    document: Document
    is_pending: bool
    """Whether it holds changes that not everybody sees yet."""


class Conflicting(Exception):
    """Somebody else has changed the same fields since; nothing is saved."""

    def __init__(self, document: Document, conflicts: list[Conflict], number: int) -> None:
        super().__init__(f"{len(conflicts)} conflicts")
        self.document = document
        """Both versions together, with this person's own values where they conflict."""
        self.conflicts = conflicts
        self.number = number
        """The state with which it was compared."""


class Refused(Exception):
    """The document has faults; nothing is saved."""

    def __init__(self, document: Document, faults: Faults) -> None:
        super().__init__(", ".join(faults))
        self.document = document
        self.faults = faults


class Changed(Exception):
    """The event, its draft or the number of people is another than the page showed."""


def working(event: Event) -> Working:
    """What staff works on."""
    last = history.latest(event)
    if last is None:
        return Working(0, document_of(event), is_pending=False)
    return Working(last.number, _full(last.document), last.is_draft)


def documents_of(events: Sequence[Event]) -> dict[int, Document]:
    """What staff works on, of each by its id; the projects aside where there is no history yet."""
    last = history.latest_of(events)
    return {
        event.id: _full(last[event.id].document) if event.id in last else whole(entry_of(event, ()))
        for event in events
    }


def pending(event: Event) -> list[Difference]:
    """What a draft changes of what everybody sees."""
    return list(differences(document_of(event), working(event).document))


def changed_by(event: Event, number: int, change: Change) -> Document:
    """What somebody typed, in the document with which they began."""
    return _in_a_zone(change(_begun_with(event, number, working(event))))


def save(within: LockedEvent, number: int, change: Change, by: By) -> int:
    """Save what somebody made of state ``number``; returns the number of the state that it is now.

    Raises :class:`Conflicting` and :class:`Refused`, and then writes nothing.
    """
    event = within.event
    current = working(event)
    base = _begun_with(event, number, current)
    mine = _in_a_zone(change(base))
    merged = merge(base, mine, current.document)
    if merged.conflicts:
        raise Conflicting(merged.document, merged.conflicts, current.number)
    faults = faults_of(merged.document, seats_taken=event.seats_taken)
    if faults:
        raise Refused(merged.document, faults)
    if merged.document == current.document:
        return current.number
    return write(within, merged.document, by)


def write(within: LockedEvent, document: Document, by: By) -> int:
    """Make ``document`` the state on which staff works; the number of that state."""
    event = within.event
    # in the form in which it will be compared
    entry = entry_from(document)
    document = whole(entry)
    if event.is_public:
        for _, picture in pictures_with(entry.image, entry.results):
            attach(picture)
        if history.latest(event) is None:
            history.record(event, document_of(event), step=Step.FOUND, by=By())
        return history.record(event, document, step=Step.DRAFTED, by=by).number
    save_entry(entry, step=Step.EDITED, by=by)
    return working(event).number


def discard(within: LockedEvent, number: int, by: By) -> None:
    """Throw a draft of changes away; what everybody sees is the state to work on again.

    Raises :class:`Changed` where the draft is no longer state ``number``.
    """
    current = working(within.event)
    if current.is_pending and current.number != number:
        raise Changed
    if current.is_pending:
        history.record(within.event, document_of(within.event), step=Step.DISCARDED, by=by)


def _begun_with(event: Event, number: int, current: Working) -> Document:
    if number == current.number:
        return current.document
    # whoever began before there was a history began with what it found
    begun = history.find(event, max(number, 1))
    return _full(begun.document) if begun is not None else current.document


def _full(document: Document) -> Document:
    """With the keys that fields have got since it was written."""
    return _in_a_zone({**whole(entry_from(document)), **document})


def _in_a_zone(document: Document) -> Document:
    """With the portal's time zone where none is named."""
    return {**document, "timezone": document.get("timezone") or settings().timezone}

"""An event's document at another date: every time of it moves by the wall."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_stadtlabor.editor.binding import shown_time
from flask_stadtlabor.editor.calling_off import with_status
from flask_stadtlabor.editor.description import blank, describe
from flask_stadtlabor.events.wall_times import stored_moment, to_wall
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.registration_entry import RegistrationEntry
from flask_stadtlabor.exchange.saving import Document


def shifted(document: Document, starts_at: str) -> Document:
    """The document with its start at ``starts_at`` and all other times as far from it as before.

    Wall times move by the wall: an opening "one day before at 12:00" is that again, also over a
    change of clocks. A time of the event that does not exist there, or comes twice, is left for the
    faults to ask about; one of the registration is settled, because nobody sees it where the start
    is changed.
    """
    way = _wall(starts_at) - _wall(document["starts_at"])
    if not way:
        return {**document, "starts_at": starts_at}
    moved = {**document, **_moved(EventEntry, document, way), "starts_at": starts_at}
    registration = document.get("registration")
    if registration is not None:
        times = _moved(RegistrationEntry, registration, way)
        moved["registration"] = {**registration, **_settled(times, document["timezone"])}
    return moved


def settled(document: Document) -> Document:
    """The document of one of several dates, of which nobody is asked about more than the start."""
    names = [item.name for item in describe(EventEntry) if item.is_wall_time]
    times = {name: document[name] for name in names if name != "starts_at" and document[name]}
    return {**document, **_settled(times, document["timezone"])}


def moved_along(before: Document, after: Document) -> Document:
    """What somebody made of ``before``, with the times moved that they left as they were.

    Where they changed the start to what is no time, nothing moves, and the faults name it.
    """
    try:
        moved = shifted(before, after["starts_at"])
    except ValueError:
        return after
    times = [item.name for item in describe(EventEntry) if item.is_wall_time]
    left = {name: moved[name] for name in times if after[name] == before[name]}
    return {**after, **left, "registration": moved["registration"]}


def times_along(document: Document) -> list[tuple[str, str]]:
    """The times that move along with the start: what each is called, and its wall time."""
    registration = document.get("registration") or {}
    found = [(item, document) for item in describe(EventEntry) if item.name != "starts_at"]
    found += [(item, registration) for item in describe(RegistrationEntry)]
    return [
        (str(item.field.label), values[item.name])
        for item, values in found
        if item.is_wall_time and values.get(item.name)
    ]


def as_copy(document: Document, slug: str) -> Document:
    """A draft with the same content, but for what belongs to the date that it was."""
    empty = blank(EventEntry)
    left = {item.name: empty[item.name] for item in describe(EventEntry) if item.field.stays_behind}
    return {**with_status(document, "draft"), **left, "slug": slug}


def _moved(model: Any, values: Document, way: timedelta) -> Document:
    try:
        return {
            item.name: (_wall(values[item.name]) + way).isoformat("T", "minutes")
            for item in describe(model)
            if item.is_wall_time and values.get(item.name)
        }
    except OverflowError as error:
        raise ValueError("No calendar goes that far.") from error


def _settled(times: dict[str, str], zone: str) -> dict[str, str]:
    """The first one of a time that comes twice, the one after the gap of a time that is skipped.

    That is how RFC 5545 (3.3.5) reads them.
    """
    return {name: to_wall(stored_moment(wall, zone), zone) for name, wall in times.items()}


def _wall(value: str) -> datetime:
    return datetime.fromisoformat(shown_time(value))

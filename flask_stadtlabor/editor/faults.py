"""What is wrong with a document, by path, in sentences for people who fill in a form.

The faults of the exchange file speak to somebody who writes JSON, in English.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from flask_babel import LazyString
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from flask_stadtlabor.editor.description import Described, describe, field_at
from flask_stadtlabor.events.wall_times import AmbiguousTime, NonexistentTime, offsets_of
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.faults import path_of
from flask_stadtlabor.exchange.field_types import check_languages
from flask_stadtlabor.exchange.reading import check, zone_of
from flask_stadtlabor.exchange.references import reference_faults
from flask_stadtlabor.i18n import _sl, _sln, lazy
from flask_stadtlabor.registration.mails.mail_texts import PLACEHOLDERS, UnknownPlaceholder
from flask_stadtlabor.state import settings
from flask_stadtlabor.text import LONGEST_MARKDOWN

Faults = dict[str, list[str]]
"""Sentences by the path of the field to which they belong."""

_BY_KEY = {
    "title": lazy("Please give it a title, in one language at least."),
    "ends_at": lazy("The end is before the start. Please correct one of them."),
    "doors_at": lazy("The doors can open at most a day before the start, and not after the end."),
    "closes_at": lazy("Registration closes before it opens. Please correct one of them."),
    "languages": lazy("Please write codes of languages, such as de or en, with commas between."),
    "timezone": lazy("There is no such time zone. Please write a name such as Europe/Berlin."),
    "email": lazy("Please check the e-mail address. It should look like name@example.org."),
    "options": lazy("Please write the answers from which people choose."),
    "kind": lazy("Please choose one."),
    "retention_days": lazy("Please write a number of days."),
}
"""What a value error is about, by the last key of its path."""
_BY_INPUT = {
    "url": lazy("Please write an address that begins with https://, without blanks."),
    "email": lazy("Please check the e-mail address. It should look like name@example.org."),
    "time": lazy("Please write a time of day such as 17:30."),
    "datetime-local": lazy("Please say on which day and at what time."),
    "number": lazy("Please write a whole number."),
    "decimal": lazy("Please write a number such as 51.4836."),
}
_BY_REFERENCE = (
    (r"registration\.opens_at$", lazy("Registration would open only after the event.")),
    (
        r"^phases\[\d+\]\.starts_at$",
        lazy("This phase begins before another one is over. Please correct one of them."),
    ),
    (
        r"show_if\.",
        lazy(
            "Nobody could ever give this answer: name an earlier question and one of its answers."
        ),
    ),
    (r"\.slug$", lazy("This short name is used twice. Please choose another.")),
    (r"\.value$", lazy("Each answer needs a short name of its own.")),
    (
        r"^(image|results\.pictures\[\d+\])\.picture$",
        lazy("This picture is there no longer. Please choose another."),
    ),
    (
        r"^(image|results\.pictures\[\d+\])\.alt\b",
        lazy(
            "Please say in one sentence what the picture shows, for people who cannot see it. "
            "Until then nothing of this page is saved; the picture need not be chosen again here."
        ),
    ),
    (
        r"^(series|projects|purposes|alternative_event)\b",
        lazy("This is there no longer. Please choose another."),
    ),
)
"""What a fault between entries is about, by its path."""
_STEP = re.compile(r"^[a-z]+\[0\]\.?")


def faults_of(document: dict[str, Any], *, seats_taken: int = 0) -> Faults:
    """What is wrong with an event's document; nothing where it can be saved.

    ``seats_taken`` are those of the event, below which its capacity cannot be set.
    """
    faults: Faults = {}
    zone = zone_of(document, settings().timezone)
    for path, reason in field_faults(EventEntry, document, zone):
        faults.setdefault(path, []).append(reason)
    registration = document.get("registration") or {}
    capacity = registration.get("capacity")
    if isinstance(capacity, int) and 0 <= capacity < seats_taken:
        faults.setdefault("registration.capacity", []).append(_too_few(seats_taken, capacity))
    if not faults:
        for path, reason in faults_between("events", EventEntry, document):
            faults.setdefault(path, []).append(reason)
    return faults


def field_faults(
    model: type[BaseModel], document: dict[str, Any], zone: str | None
) -> Iterator[tuple[str, str]]:
    """Paths and sentences, for any class of entries."""
    context = {"check_languages": check_languages, "zone": zone}
    try:
        model.model_validate_json(json.dumps(document), strict=True, context=context)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            path = path_of(*details["loc"])
            item = field_at(model, details["loc"])
            yield path, _sentence(details, item)
            cause = (details.get("ctx") or {}).get("error")
            if isinstance(cause, AmbiguousTime) and zone is not None:
                for offset in offsets_of(str(details["input"]), zone):
                    yield f"{path}.offset", offset


def please_fill_in(model: type[BaseModel], key: str) -> str:
    """The sentence about a field of which nothing is said, though it is needed."""
    item = next(item for item in describe(model) if item.name == key)
    return _with_label(str(item.field.label), _sl("Please fill this in."))


def faults_between(
    name: str, model: type[BaseModel], document: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """Paths and sentences of what is too long, or does not fit other content of the portal.

    ``document`` is an entry of the list ``name`` of the exchange file, without faults of its own.
    """
    content = check({name: [document]}, settings().timezone)
    for fault in content.faults:
        path = _STEP.sub("", fault.path)
        item = field_at(model, tuple(path.split(".")))
        label = str(item.field.label) if item is not None else path
        yield path, _too_long(LONGEST_MARKDOWN, label)
    if content.faults:
        return
    for fault in reference_faults(content):
        path = _STEP.sub("", fault.path)
        if path != "registration.capacity":
            yield path, _of_reference(path)


def _too_long(most: int, label: str) -> str:
    return _sln(
        "“%(field)s”: please enter at most %(num)d character.",
        "“%(field)s”: please enter at most %(num)d characters.",
        most,
        field=label,
    )


def _sentence(details: ErrorDetails, item: Described | None) -> str:
    kind, context = details["type"], details.get("ctx") or {}
    label = str(item.field.label) if item is not None else ""
    cause = context.get("error")
    if isinstance(cause, NonexistentTime):
        return _sl(
            "“%(field)s”: this time does not exist, because the clocks go forward that night. "
            "Please choose an earlier or a later one.",
            field=label,
        )
    if isinstance(cause, AmbiguousTime):
        return _sl(
            "“%(field)s”: this time comes twice, because the clocks go back that night. "
            "Please choose which is meant.",
            field=label,
        )
    if isinstance(cause, UnknownPlaceholder):
        return _sl(
            "“%(field)s”: {%(word)s} stands for nothing. You can use %(known)s.",
            field=label,
            word=cause.name,
            known=", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
        )
    if kind in ("greater_than_equal", "less_than_equal"):
        return _bound(label, kind, context)
    if kind == "too_long":
        most = int(context["max_length"])
        return _sln(
            "“%(field)s”: %(num)d entry at most.",
            "“%(field)s”: %(num)d entries at most.",
            most,
            field=label,
        )
    if kind == "string_too_long":
        return _too_long(int(context["max_length"]), label)
    return _with_label(label, _hint(details, item))


def _bound(label: str, kind: str, context: dict[str, Any]) -> str:
    if kind == "greater_than_equal":
        return _sl("“%(field)s”: %(least)s or more, please.", field=label, least=context["ge"])
    return _sl("“%(field)s”: %(most)s or less, please.", field=label, most=context["le"])


def _hint(details: ErrorDetails, item: Described | None) -> LazyString | str:
    """What to write instead."""
    steps = [step for step in details["loc"] if isinstance(step, str)]
    key = steps[-1] if steps else ""
    if key in ("slug", "question"):
        return _sl("Please use letters a to z, digits and hyphens only, such as meal.")
    if item is not None and item.field.input in _BY_INPUT and not _compares(details):
        return _BY_INPUT[item.field.input]
    if key in _BY_KEY:
        return _BY_KEY[key]
    if details["type"] == "string_pattern_mismatch" or key == "url":
        return _sl("Please write an address that begins with https://, or with / for this site.")
    if details["type"] == "missing":
        return _sl("Please fill this in.")
    return _sl("Please check this; it cannot be kept as it is.")


def _compares(details: ErrorDetails) -> bool:
    """Whether a value fits by itself, and not together with another."""
    steps = [step for step in details["loc"] if isinstance(step, str)]
    is_time = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d([+-]\d\d:\d\d)?", str(details["input"]))
    return details["type"] == "value_error" and bool(is_time) and steps[-1] in _BY_KEY


def _with_label(label: str, hint: LazyString | str) -> str:
    if not label:
        return str(hint)
    return _sl("“%(field)s”: %(hint)s", field=label, hint=str(hint))


def _too_few(seats_taken: int, capacity: int) -> str:
    return _sln(
        "%(taken)s seats are taken already, so this is %(num)d too few. Write %(taken)s or more, "
        "or cancel for somebody first.",
        "%(taken)s seats are taken already, so this is %(num)d too few. Write %(taken)s or more, "
        "or cancel for somebody first.",
        seats_taken - capacity,
        taken=seats_taken,
    )


def _of_reference(path: str) -> str:
    for pattern, words in _BY_REFERENCE:
        if re.search(pattern, path):
            return str(words)
    return _sl("This does not fit the rest.")

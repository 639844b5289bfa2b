"""Reading an exchange file: from bytes to entries, with every fault on the way."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from flask_stadtlabor.events.wall_times import find_zone
from flask_stadtlabor.exchange.entries import (
    FORMAT,
    LISTS,
    Entry,
    EventEntry,
    ProjectEntry,
    PurposeEntry,
    SeriesEntry,
)
from flask_stadtlabor.exchange.faults import Fault, Faulty, path_of, sentence, shown
from flask_stadtlabor.exchange.field_types import check_languages
from flask_stadtlabor.text import LONGEST_MARKDOWN, unprintable

Kind = TypeVar("Kind", PurposeEntry, SeriesEntry, ProjectEntry, EventEntry)
_TOO_DEEP = "The file is not an exchange file: it is nested too deep."
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass
class Content:
    """What a file holds: the entries that are right, by their position, and the faults."""

    raw: dict[str, Any]
    """The file as it was read; its lists are lists of objects."""
    entries: dict[str, dict[int, Entry]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def of(self, name: str, kind: type[Kind]) -> dict[int, Kind]:
        """The entries of one list by their position."""
        return cast("dict[int, Kind]", self.entries.get(name, {}))


class _Object(dict[str, Any]):
    """A JSON object that remembers keys written twice, of which Python keeps the last."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs)
        self.repeated = [key for key, count in counts.items() if count > 1]


def read(file: Path, zone: str) -> Content:
    """Read and check a file; ``zone`` is that of events that name none.

    Raises :class:`Faulty` where there is nothing to check any further: no file, no JSON.
    """
    return check(parse(_bytes_of(file)), zone)


def parse(data: bytes) -> Any:
    """The JSON value in ``data``; raises :class:`Faulty` for anything that is not UTF-8 JSON."""
    try:
        # a byte order mark, as some editors write it, does no harm
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refusal(
            f"The file is not UTF-8: line {line} holds the byte 0x{data[error.start]:02x}. "
            "Save it with the encoding UTF-8."
        ) from error
    try:
        return json.loads(text, object_pairs_hook=_Object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise _refusal(
            f"The file is not JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    except RecursionError as error:
        raise _refusal(_TOO_DEEP) from error
    except ValueError as error:
        raise _refusal(f"The file is not JSON: {error}.") from error


def check(value: Any, zone: str) -> Content:
    """Check a JSON value by itself: its form, its times and languages."""
    if not isinstance(value, dict):
        raise _refusal("The file must hold one object in curly brackets.")
    faults: list[Fault] = []
    try:
        raw = _cleaned(value, (), faults)
    except RecursionError as error:
        raise _refusal(_TOO_DEEP) from error
    content = Content({}, faults=faults)
    for name in raw.keys() - {"format", *LISTS}:
        faults.append(Fault(path_of(name), "This key is unknown; correct or remove it."))
    if raw.get("format", FORMAT) != FORMAT:
        found = shown(raw["format"])
        faults.append(Fault("format", f'This is {found}; this version reads "{FORMAT}".'))
    for name, model in LISTS.items():
        items = raw.get(name, [])
        if not isinstance(items, list):
            faults.append(Fault(name, "Write a list in square brackets."))
            items = []
        content.raw[name] = items
        content.entries[name] = dict(_entries(name, items, model, zone, faults))
    return content


def zone_of(item: Any, zone: str) -> str | None:
    """The zone of an event's times; None where it names one that does not exist."""
    name = item.get("timezone") if isinstance(item, dict) else None
    try:
        return find_zone(zone if name is None else name).key
    except (ValueError, TypeError):
        return None


def _entries(
    name: str, items: list[Any], model: type[Entry], zone: str, faults: list[Fault]
) -> Iterator[tuple[int, Entry]]:
    for position, item in enumerate(items):
        context = {"check_languages": check_languages, "zone": zone_of(item, zone)}
        try:
            yield (
                position,
                model.model_validate_json(json.dumps(item), strict=True, context=context),
            )
        except ValidationError as error:
            faults += [
                Fault(path_of(name, position, *details["loc"]), sentence(details))
                for details in error.errors(include_url=False)
            ]


def _cleaned(value: Any, steps: tuple[str | int, ...], faults: list[Fault]) -> Any:
    """The value without what no page and no database can hold, each a fault."""
    if isinstance(value, str):
        return _clean_text(value, steps, faults)
    if isinstance(value, list):
        return [_cleaned(item, (*steps, index), faults) for index, item in enumerate(value)]
    if isinstance(value, dict):
        for key in getattr(value, "repeated", ()):
            faults.append(Fault(path_of(*steps, key), "This key is written twice; remove one."))
        return {key: _cleaned(item, (*steps, key), faults) for key, item in value.items()}
    return value


def _clean_text(text: str, steps: tuple[str | int, ...], faults: list[Fault]) -> str:
    if len(text) > LONGEST_MARKDOWN:
        reason = f"This text has {len(text)} characters; shorten it to {LONGEST_MARKDOWN}."
        faults.append(Fault(path_of(*steps), reason))
    bad = sorted(unprintable(text))
    if not bad:
        return text
    names = ", ".join(f"U+{ord(character):04X}" for character in bad)
    faults.append(Fault(path_of(*steps), f"The text holds what is no character: {names}."))
    return "".join(REPLACEMENT if character in bad else character for character in text)


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise _refusal("There is no such file.") from error
    except OSError as error:
        raise _refusal(f"The file cannot be read: {error.strerror}.") from error


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number that JSON knows")


def _refusal(reason: str) -> Faulty:
    return Faulty([Fault("", reason)])

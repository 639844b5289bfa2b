"""What differs between two states of an event, in words for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic import BaseModel

from flask_stadtlabor.dates import format_moment
from flask_stadtlabor.editor.review import label_at, own_label_at
from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.merging import Difference
from flask_stadtlabor.i18n import _sl


class ShownChange(NamedTuple):
    """A field that is another now."""

    label: str
    before: str
    after: str


def shown_changes(
    found: Iterable[Difference], zone: str, model: type[BaseModel] = EventEntry
) -> list[ShownChange]:
    """Each difference in words; ``zone`` is that of the document's wall times."""
    return [
        ShownChange(
            label_at(each.path, model),
            shown_value(each.before, zone, each.path, model),
            shown_value(each.after, zone, each.path, model),
        )
        for each in found
    ]


def shown_value(value: Any, zone: str, path: str = "", model: type[BaseModel] = EventEntry) -> str:
    """A value of the document in plain words; ``path`` is where it stands in the document."""
    if value is None or value in ("", [], {}):
        return _sl("nothing")
    if isinstance(value, bool):
        return _sl("yes") if value else _sl("no")
    if isinstance(value, list):
        return "\n".join(
            shown_value(item, zone, f"{path}[{at}]", model) for at, item in enumerate(value)
        )
    if isinstance(value, dict):
        return "\n".join(
            f"{own_label_at(f'{path}.{key}', model)}: "
            f"{shown_value(part, zone, f'{path}.{key}', model)}"
            for key, part in value.items()
            if part
        )
    return _shown_time(str(value), zone) or str(value)


def _shown_time(text: str, zone: str) -> str:
    """A day with a time as people write it; empty where the text is none."""
    try:
        return format_moment(to_utc(text, zone), zone)
    except ValueError:
        return ""

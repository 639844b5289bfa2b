"""What differs between two states of an event, in words for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from pydantic import BaseModel

from flask_stadtlabor.dates import format_moment
from flask_stadtlabor.editor.description import Described, field_at
from flask_stadtlabor.editor.review import label_at, own_label_at
from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.merging import Difference
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.text import plain


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
        ShownChange(label_at(each.path, model), *_both_in_words(each, zone, model))
        for each in found
    ]


def shown_value(
    value: Any,
    zone: str,
    path: str = "",
    model: type[BaseModel] = EventEntry,
    *,
    with_marks: bool = False,
) -> str:
    """A value of the document in plain words; ``path`` is where it stands in the document.

    ``with_marks``, texts in Markdown are shown as they are typed.
    """
    item = _described_at(path, model)

    def shown(part: Any, of: str) -> str:
        return shown_value(part, zone, of, model, with_marks=with_marks)

    if item is not None and item.field.switch is not None and not isinstance(value, list):
        parts = _parts(value, path, model, shown)
        return "\n".join([_sl("switched off") if value is None else _sl("switched on"), *parts])
    if value is None or value in ("", [], {}):
        return _sl("nothing")
    if isinstance(value, bool):
        return _sl("yes") if value else _sl("no")
    if isinstance(value, list):
        return "\n".join(shown(part, f"{path}[{at}]") for at, part in enumerate(value))
    if isinstance(value, dict):
        return "\n".join(_parts(value, path, model, shown))
    if item is None:
        return _shown_time(str(value), zone) or str(value)
    return _word_for(item, value) or _shown_time(str(value), zone) or _text(item, value, with_marks)


def _both_in_words(found: Difference, zone: str, model: type[BaseModel]) -> tuple[str, str]:
    """What was and what is; of texts that differ in their marks alone, with these."""
    if _is_picture(_described_at(found.path, model)):
        before = _sl("the picture so far") if found.before else _sl("nothing")
        return before, _sl("a new picture") if found.after else _sl("nothing")
    before, after = (
        shown_value(value, zone, found.path, model) for value in (found.before, found.after)
    )
    if before != after:
        return before, after
    return (
        shown_value(found.before, zone, found.path, model, with_marks=True),
        shown_value(found.after, zone, found.path, model, with_marks=True),
    )


def _parts(
    value: dict[str, Any] | None,
    path: str,
    model: type[BaseModel],
    shown: Callable[[Any, str], str],
) -> list[str]:
    """The parts of a value of which something is said, each behind its label."""
    return [
        f"{own_label_at(f'{path}.{key}', model)}: {shown(part, f'{path}.{key}')}"
        for key, part in (value or {}).items()
        if part
    ]


def _described_at(path: str, model: type[BaseModel]) -> Described | None:
    steps = path.replace("]", "").replace("[", ".").split(".")
    return field_at(model, [int(step) if step.isdecimal() else step for step in steps])


def _is_picture(item: Described | None) -> bool:
    return item is not None and item.field.input == "picture"


def _word_for(item: Described, value: Any) -> str:
    """What a value is called that is no word itself; empty where it is one."""
    if _is_picture(item):
        return _sl("an uploaded picture")
    if item.field.thirds and isinstance(value, int):
        return f"{_thirds(item.field.thirds)[min(value * 3 // 101, 2)]} ({value})"
    return str(item.field.options.get(str(value), ""))


def _thirds(way: str) -> tuple[str, str, str]:
    """What the first, middle and last third of a number from 0 to 100 are called."""
    if way == "across":
        return _sl("on the left"), _sl("in the middle"), _sl("on the right")
    return _sl("at the top"), _sl("in the middle"), _sl("at the bottom")


def _text(item: Described, value: Any, with_marks: bool) -> str:
    is_markdown = item.field.lines > 1 and not with_marks
    return plain(str(value)) if is_markdown else str(value)


def _shown_time(text: str, zone: str) -> str:
    """A day with a time as people write it; empty where the text is none."""
    try:
        return format_moment(to_utc(text, zone), zone)
    except ValueError:
        return ""

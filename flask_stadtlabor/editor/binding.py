"""From posted names to a document and back; pure functions.

The name of a field is its path in the document: ``title.de``, ``venue.accessibility.wheelchair``,
``programme[0].title.en``. A list has, for each item, the place where it shall stand
(``programme[8].position``, from 1) and a box that takes it out (``programme[8].remove``). An item
with a time of day has two more: one copies it (``programme[8].copy``), one shifts all after it by
as much as its own time was changed (``programme[8].shift``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor.description import Described, Kind, blank, describe
from flask_stadtlabor.editor.short_names import free_slug
from flask_stadtlabor.events.wall_times import AmbiguousTime, to_utc
from flask_stadtlabor.text import printable

Posted = Mapping[str, Sequence[str]]
"""What was sent, by name; a box that is not ticked may be missing or hold nothing."""

POSITION, REMOVE, OFFSET = "position", "remove", "offset"
COPY, SHIFT = "copy", "shift"
MOST_ITEMS = 200
"""Items of a list that are looked at in one form."""
DAY = 24 * 60
"""Minutes."""
_YES = {"true", "on", "1", "y", "yes"}
_OFFSET = re.compile(r"[+-]\d\d:\d\d$")


class Binding:
    """Puts what was posted into a document.

    ``locales`` are the languages of the site, ``zone`` that of the wall times. With ``whole``, a
    page was sent with all its fields, so that a box which is missing was not ticked; else what was
    not sent stays as it is.
    """

    def __init__(
        self, posted: Posted, *, locales: Sequence[str], zone: str, whole: bool = True
    ) -> None:
        self.posted = posted
        self.locales = locales
        self.zone = zone
        self.whole = whole

    def bind(
        self, fields: Iterable[Described], before: Mapping[str, Any], prefix: str = ""
    ) -> dict[str, Any]:
        """The document with what was typed into ``fields``; all other keys as they were."""
        values = dict(before)
        for item in fields:
            values[item.name] = self._bound(item, before.get(item.name), prefix + item.name)
        return values

    def _bound(self, item: Described, value: Any, path: str) -> Any:
        if item.kind is Kind.PART:
            return self._part(item, value, path)
        if item.kind is Kind.LIST:
            return self._list(item, value or [], path)
        if item.kind is Kind.LOCALIZED:
            return self._localized(value or "", path)
        if item.kind is Kind.TICK:
            return self._tick(path, bool(value))
        typed = self.posted.get(path)
        if typed is None:
            # boxes of which none is ticked
            return [] if self.whole and item.kind is Kind.VALUES and item.field.source else value
        if item.kind is Kind.VALUES:
            return list(_values(typed, of_numbers=item.of_numbers))
        return self._single(item, value, path, printable(typed[-1] if typed else "").strip())

    def _single(self, item: Described, value: Any, path: str, text: str) -> Any:
        if not text:
            return None if item.optional else ""
        if item.kind is Kind.WHOLE_NUMBER:
            return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else text
        if item.kind is Kind.NUMBER:
            return _number(text)
        if item.is_wall_time:
            return self._wall_time(value, path, text)
        return text

    def _wall_time(self, before: Any, path: str, text: str) -> str:
        """The time with its offset, where it comes twice and somebody has said which is meant."""
        offset = (self.posted.get(f"{path}.{OFFSET}") or [""])[-1]
        if not offset and isinstance(before, str) and _OFFSET.sub("", before) == text:
            return before
        try:
            to_utc(text, self.zone)
        except AmbiguousTime:
            return text + offset if _OFFSET.fullmatch(offset) else text
        except ValueError:
            pass  # whatever is wrong with it is told as a fault of the document
        return text

    def _tick(self, path: str, before: bool) -> bool:
        if path in self.posted:
            return any(value.lower() in _YES for value in self.posted[path])
        return before and not self.whole

    def _localized(self, before: Any, path: str) -> Any:
        """All languages; one text for all of them stays one as long as it is the same in each."""
        old = LocalizedText(before)
        typed = {
            code: printable(self.posted[f"{path}.{code}"][-1]).strip().replace("\r\n", "\n")
            for code in self.locales
            if self.posted.get(f"{path}.{code}")
        }
        if not typed:
            return before
        known = {code: old.get(code, old.get(LocalizedText.ANY, "")) for code in self.locales}
        # blanks around a text, which no field keeps, are no change
        new = {code: text for code, text in typed.items() if text != known[code].strip()}
        if not new:
            return before
        texts = {**known, **new}
        if LocalizedText.ANY in old and len(set(texts.values())) == 1:
            return LocalizedText(texts.popitem()[1]).to_json()
        others = {code: text for code, text in old.items() if code != LocalizedText.ANY}
        return LocalizedText({**others, **texts}).to_json()

    def _part(self, item: Described, value: Any, path: str) -> Any:
        model = _model(item)
        if item.field.switch is not None and not self._tick(path, value is not None):
            return None
        is_on = item.field.switch is not None and path in self.posted
        if not is_on and not self._is_below(path):
            return value
        empty = blank(model)
        bound = self.bind(describe(model), value if value is not None else empty, f"{path}.")
        says_nothing = item.optional and item.field.switch is None and bound == empty
        return None if says_nothing else bound

    def _list(self, item: Described, before: Sequence[Any], path: str) -> list[Any]:
        """The items in their new order; one of which everything is empty is none."""
        numbers = sorted(self._numbers(path))
        clock = clock_of(item)
        wanted: list[tuple[Any, int | None]] = []
        later = 0
        for number in range(max([len(before), *(at + 1 for at in numbers)])):
            old = before[number] if number < len(before) else None
            here = f"{path}[{number}]"
            value = self._item(item, old, here) if number in numbers else old
            if clock and old is not None and value is not None:
                value, later = self._on_time(value, old, clock, later, here)
            if value is None or self._tick(f"{here}.{REMOVE}", before=False):
                continue
            place = (self.posted.get(f"{here}.{POSITION}") or [""])[-1].strip()
            is_moved = place.isdecimal() and len(place) < 5 and int(place) != number + 1
            at = int(place) if is_moved else None
            wanted.append((value, at))
            if clock and self._tick(f"{here}.{COPY}", before=False):
                wanted.append((value, at))
        return self._named(item, _in_order(wanted))

    def _on_time(
        self, value: Mapping[str, Any], old: Mapping[str, Any], clock: str, later: int, path: str
    ) -> tuple[Mapping[str, Any], int]:
        """The item, later by as many minutes unless its own time was typed anew; and how many
        minutes later those after it are."""
        was, typed = _minutes(old[clock]), _minutes(value[clock])
        if was is None or typed is None:
            return value, later
        if typed != was:
            is_shifting = self._tick(f"{path}.{SHIFT}", before=False)
            return value, typed - was if is_shifting else later
        at = (was + later) % DAY
        return {**value, clock: f"{at // 60:02}:{at % 60:02}"}, later

    def _item(self, item: Described, old: Any, path: str) -> Any:
        """The item, or None where nothing is left of it."""
        if item.model is None:
            return self._localized(old or "", path) or None
        empty = blank(item.model)
        # a box is never ticked unless somebody did, so that none makes an item of an empty row
        value = self.bind(describe(item.model), old if old is not None else empty, f"{path}.")
        if _says_nothing(item.model, value, empty):
            return None
        name = _short_name(item)
        if name and old and not value[name.name]:
            # answers are kept under the name, so that nobody who empties its field loses them
            return {**value, name.name: old[name.name]}
        return value

    def _named(self, item: Described, values: list[Any]) -> list[Any]:
        """The items; one without a short name gets one, made of what it is called."""
        name = _short_name(item)
        if name is None:
            return values
        named: list[Any] = []
        for value in values:
            if value[name.name]:
                named.append(value)
                continue
            taken = {other[name.name] for other in (*values, *named)}
            words, _ = LocalizedText(value[name.field.made_of]).choose(self.locales[0])
            named.append({**value, name.name: free_slug(words, taken, item.name.rstrip("s"))})
        return named

    def _numbers(self, path: str) -> set[int]:
        pattern = re.compile(rf"{re.escape(path)}\[([0-9]{{1,3}})\]\.")
        found = (pattern.match(name) for name in self.posted)
        return {int(match[1]) for match in found if match and int(match[1]) < MOST_ITEMS}

    def _is_below(self, path: str) -> bool:
        return any(name.startswith((f"{path}.", f"{path}[")) for name in self.posted)


def _short_name(item: Described) -> Described | None:
    """Of a list, the short name of its items, where it can be made of their words."""
    fields = describe(item.model) if item.model is not None else ()
    return next((field for field in fields if field.field.made_of), None)


def clock_of(item: Described) -> str:
    """Of a list, the key of its items' time of day; empty where they have none."""
    fields = describe(item.model) if item.model is not None else ()
    return next((field.name for field in fields if field.field.input == "time"), "")


def _minutes(clock: Any) -> int | None:
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", str(clock))
    return int(found[1]) * 60 + int(found[2]) if found else None


def shown_time(value: Any) -> str:
    """A wall time as a browser's field for it takes it: without an offset."""
    return _OFFSET.sub("", value) if isinstance(value, str) else ""


def _model(item: Described) -> type[BaseModel]:
    if item.model is None:
        raise TypeError(f"{item.name} has no parts.")
    return item.model


def _says_nothing(
    model: type[BaseModel], value: Mapping[str, Any], empty: Mapping[str, Any]
) -> bool:
    """Whether nothing was typed but what stands in an empty row as well."""
    texts = [item.name for item in describe(model) if item.kind not in (Kind.TICK, Kind.CHOICE)]
    return not any(value.get(name) and value[name] != empty.get(name) for name in texts)


def _in_order(wanted: Sequence[tuple[Any, int | None]]) -> list[Any]:
    """Those that keep their place, with the moved ones put in at theirs."""
    items = [value for value, place in wanted if place is None]
    moved = [(place, value) for value, place in wanted if place is not None]
    for place, value in sorted(moved, key=lambda pair: pair[0]):
        items.insert(max(place - 1, 0), value)
    return items


def _values(typed: Sequence[str], *, of_numbers: bool) -> Iterator[str | int]:
    for text in dict.fromkeys(re.split(r"[,;\s]+", " ".join(typed))):
        if text:
            yield int(text) if of_numbers and re.fullmatch(r"[0-9]{1,9}", text) else text


def _number(text: str) -> float | str:
    plain = text.replace(",", ".")
    return float(plain) if re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,15})?", plain) else text

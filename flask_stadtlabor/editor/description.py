"""The fields of an entry as its classes describe them: name, kind, and what people read."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor_field import EditorField

PAGES = (
    "text", "time", "place", "programme", "people", "registration", "consent", "picture",
    "results",
)  # fmt: skip
"""The pages of the editor, in their order."""


class Kind(StrEnum):
    """How a field is typed in."""

    LOCALIZED = "localized"
    """A text in each language of the site."""
    TEXT = "text"
    WHOLE_NUMBER = "whole_number"
    NUMBER = "number"
    TICK = "tick"
    CHOICE = "choice"
    """One of a fixed set of values, or of what the portal has."""
    VALUES = "values"
    """Several texts or numbers."""
    PART = "part"
    """An object with fields of its own."""
    LIST = "list"
    """Several parts or texts in several languages, in an order."""


class Described(NamedTuple):
    """One field of an entry or of a part of it."""

    name: str
    """Its key in the document."""
    kind: Kind
    field: EditorField
    optional: bool
    """Whether the document may say nothing (``null``)."""
    model: type[BaseModel] | None = None
    """What a part, or each item of a list, is; None for a list of texts in several languages."""
    of_numbers: bool = False
    """Whether several values are whole numbers."""

    @property
    def is_wall_time(self) -> bool:
        """Whether it is a date with a time of day in the zone of its entry."""
        return self.field.input == "datetime-local"

    def counts_in(self, status: str) -> bool:
        """Whether it means something while its event has that status."""
        return not self.field.statuses or status in self.field.statuses


@cache
def describe(model: type[BaseModel]) -> tuple[Described, ...]:
    """The fields that people edit, in the order of the class."""
    found = []
    for name, info in model.model_fields.items():
        field = next((item for item in info.metadata if isinstance(item, EditorField)), None)
        if field is not None:
            found.append(_described(name, info.annotation, field))
    return tuple(found)


def on_page(model: type[BaseModel], page: str, status: str = "") -> tuple[Described, ...]:
    """The fields of an entry that stand on one page of the editor while it has that status."""
    return tuple(
        item for item in describe(model) if item.field.page == page and item.counts_in(status)
    )


def field_at(model: type[BaseModel], steps: Sequence[int | str]) -> Described | None:
    """The field at a path, such as ``("programme", 0, "title", "de")``; of a deeper path the
    innermost one of which something is written."""
    found: Described | None = None
    here: type[BaseModel] | None = model
    for step in steps:
        if here is None or not isinstance(step, str):
            continue
        item = next((item for item in describe(here) if item.name == step), None)
        if item is None:
            break
        found, here = item, item.model
    return found


def blank(model: type[BaseModel]) -> dict[str, Any]:
    """A part of which nothing is said: all defaults, and empty values where there is none."""
    values: dict[str, Any] = {}
    empty = {Kind.LIST: [], Kind.VALUES: [], Kind.TICK: False}
    for name, info in model.model_fields.items():
        if not info.is_required():
            default = info.get_default(call_default_factory=True)
            values[name] = _json(default)
    for item in describe(model):
        values.setdefault(item.name, empty.get(item.kind, ""))
    return values


def _json(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, LocalizedText):
        return value.to_json()
    return [_json(item) for item in value] if isinstance(value, tuple) else value


def _described(name: str, annotation: Any, field: EditorField) -> Described:
    type_, optional = _without_none(annotation)
    if get_origin(type_) is tuple:
        return _several(name, _bare(get_args(type_)[0]), field)
    if isinstance(type_, type) and issubclass(type_, BaseModel):
        return Described(name, Kind.PART, field, optional, type_)
    if field.source or get_origin(type_) is Literal:
        return Described(name, Kind.CHOICE, field, optional)
    kinds = {
        LocalizedText: Kind.LOCALIZED,
        bool: Kind.TICK,
        int: Kind.WHOLE_NUMBER,
        float: Kind.NUMBER,
    }
    return Described(name, kinds.get(type_, Kind.TEXT), field, optional)


def _several(name: str, item: Any, field: EditorField) -> Described:
    if isinstance(item, type) and issubclass(item, BaseModel):
        return Described(name, Kind.LIST, field, False, item)
    if item is LocalizedText:
        return Described(name, Kind.LIST, field, False)
    return Described(name, Kind.VALUES, field, False, of_numbers=item is int)


def _without_none(annotation: Any) -> tuple[Any, bool]:
    type_ = _bare(annotation)
    if get_origin(type_) not in (Union, UnionType):
        return type_, False
    others = [item for item in get_args(type_) if item is not NoneType]
    return _bare(others[0]), len(others) < len(get_args(type_))


def _bare(annotation: Any) -> Any:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation

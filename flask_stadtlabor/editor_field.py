"""What people read about a field of an entry, and where the editor shows it.

It stands in the annotation of the field, beside its type and its checks, so that a new field is
written once: ``topic: Annotated[LocalizedText, EditorField(lazy("Topic"), page="text")] = EMPTY``.
Pydantic ignores it. A field without one is not edited by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from flask_babel import LazyString

Page = Literal[
    "",
    "text",
    "time",
    "place",
    "programme",
    "people",
    "registration",
    "consent",
    "picture",
    "results",
]
Source = Literal["", "series", "projects", "events", "purposes", "kinds", "mails"]


@dataclass(frozen=True, eq=False, repr=False)
class EditorField:
    """A field as the editor shows it.

    It has no ``repr``, for which pydantic asks when no label can be translated yet.
    """

    label: LazyString
    help: LazyString | None = None
    page: Page = ""
    """The page of the editor; unset, that of the part to which the field belongs."""
    needed: bool = False
    """Whether nothing can be published without it."""
    one_of: tuple[str, ...] = ()
    """Of a part that is needed: the fields of which one has to be filled in."""
    input: str = "text"
    """The type of the input element, where it is one line."""
    lines: int = 1
    """More than one makes it a text of several lines, in Markdown."""
    is_easy: bool = False
    """Whether it is in easy language, of which hints are given."""
    options: Mapping[str, LazyString] = field(default_factory=dict)
    """What the values of a fixed choice are called."""
    thirds: Literal["", "across", "down"] = ""
    """Of a number from 0 to 100: which way it counts, for words about it."""
    source: Source = ""
    """What the portal has to choose from."""
    switch: LazyString | None = None
    """Of a part that is there or not: the box that turns it on."""
    stays_behind: bool = False
    """Whether a copy for another date begins without it."""
    item: LazyString | None = None
    """Of a list: what one of its items is called."""
    made_of: str = ""
    """Of a short name in an item of a list: the field of whose words it is made, if left empty."""
    statuses: tuple[str, ...] = ()
    """Of an event's field: the statuses in which it means something; unset, all of them."""

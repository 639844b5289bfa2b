"""The fields of a page of the editor, ready for its template: names, values, faults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from markupsafe import Markup

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor.binding import (
    COPY,
    OFFSET,
    POSITION,
    REMOVE,
    SHIFT,
    clock_of,
    shown_time,
)
from flask_stadtlabor.editor.description import Described, Kind, blank, describe
from flask_stadtlabor.editor.easy_hints import hint_sentences
from flask_stadtlabor.events.uploaded import Uploaded, uploaded
from flask_stadtlabor.events.wall_times import offsets_of
from flask_stadtlabor.i18n import _sl, direction, language_name, language_tag
from flask_stadtlabor.pictures.processing import LARGEST_FILE
from flask_stadtlabor.text import markdown


class Option(NamedTuple):
    """One value to choose."""

    value: str
    label: str
    is_chosen: bool
    mode: str = ""
    """Of a purpose, whether it asks for consent or only tells something."""
    url: str = ""
    """Where it can be read."""


Needed = Literal["", "to publish", "one", "now"]
"""Whether a field may stay empty, may do so in a draft, or beside others, or not at all."""


@dataclass(frozen=True)
class Box:
    """One field of the form."""

    name: str
    label: str
    kind: str
    """``line``, ``lines``, ``tick``, ``choice`` or ``several``."""
    value: str = ""
    is_ticked: bool = False
    help: str = ""
    errors: Sequence[str] = ()
    input: str = "text"
    lines: int = 1
    lang: str = ""
    dir: str = ""
    needed: Needed = ""
    options: Sequence[Option] = ()
    preview: Markup | None = None
    """Of a text in Markdown, how it will look, where somebody asked for that."""
    hints: Sequence[str] = ()
    """What could be easier in it."""

    @property
    def megabytes(self) -> int:
        """How large an uploaded picture may be."""
        return LARGEST_FILE // 2**20

    @property
    def picture(self) -> Uploaded | None:
        """The uploaded picture whose name is its value."""
        return uploaded(self.value)

    @property
    def of(self) -> str:
        """What it is a field of."""
        return self.name.rpartition(".")[0]

    @property
    def id(self) -> str:
        """The id of its element."""
        return id_of(self.name)


@dataclass(frozen=True)
class Group:
    """Fields that belong together."""

    label: str
    kind: str
    """``languages`` (one text in each), ``part``, ``list`` or ``item``."""
    children: Sequence[Box | Group]
    help: str = ""
    errors: Sequence[str] = ()
    id: str = ""
    needed: Needed = ""
    is_new: bool = False
    """Of an item: whether it is the empty one by which the list grows."""
    switch: Box | None = None
    position: Box | None = None
    remove: Box | None = None
    more: Sequence[Box] = ()
    """Of an item: what else can be done with it."""
    warnings: Sequence[str] = ()
    """What is odd, and no fault."""


class Readable(NamedTuple):
    """What is said of a purpose among others, and where its text can be read."""

    mode: str
    url: str


Faults = Mapping[str, Sequence[str]]
Choices = Mapping[str, Sequence[tuple[str, str]]]
"""What the portal has to choose from: values and labels, by the source."""


class PageFields:
    """Makes the fields of one page from a document; with ``previews``, each text as it will look
    too."""

    def __init__(
        self,
        *,
        locales: Sequence[str],
        choices: Choices,
        zone: str,
        faults: Faults | None = None,
        warnings: Faults | None = None,
        previews: bool = False,
        no_uploads: str = "",
        needed_now: bool = False,
        readable: Mapping[str, Readable] | None = None,
    ) -> None:
        self.locales = locales
        self.zone = zone
        """In which the wall times are meant."""
        self.no_uploads = no_uploads
        """Why no picture can be uploaded; empty where one can."""
        self.choices = choices
        self.faults = dict(faults or {})
        self.warnings = dict(warnings or {})
        self.previews = previews
        self.readable = readable or {}
        """The purposes that can be chosen."""
        self.needed_now = needed_now
        """Whether what is needed to publish is needed for this form already."""

    def of(
        self,
        fields: Iterable[Described],
        document: Mapping[str, Any],
        prefix: str = "",
        one_of: Sequence[str] = (),
    ) -> list[Box | Group]:
        """The fields with their values; one of those named by ``one_of`` is needed."""
        return [
            self._field(item, document.get(item.name), prefix + item.name, item.name in one_of)
            for item in fields
        ]

    def _needed(self, item: Described, *, is_one: bool = False) -> Needed:
        if is_one:
            return "one"
        if not item.field.needed or item.field.one_of:
            return ""
        return "now" if self.needed_now else "to publish"

    def _field(self, item: Described, value: Any, path: str, is_one: bool) -> Box | Group:
        if item.kind is Kind.LOCALIZED:
            return self._languages(item, value, path, is_one)
        if item.kind is Kind.PART:
            return self._part(item, value, path)
        if item.kind is Kind.LIST:
            return self._list(item, value or [], path)
        return self._box(item, value, path, is_one)

    def _box(self, item: Described, value: Any, path: str, is_one: bool) -> Box | Group:
        given: dict[str, Any] = {
            "name": path,
            "label": str(item.field.label),
            "help": str(item.field.help or ""),
            "errors": self._errors(path),
            "needed": self._needed(item, is_one=is_one),
        }
        if item.kind is Kind.TICK:
            return Box(kind="tick", is_ticked=bool(value), **given)
        if item.kind is Kind.CHOICE:
            return Box(kind="choice", options=self._options(item, [value]), **given)
        if item.kind is Kind.VALUES and item.field.source:
            return Box(kind="several", options=self._options(item, value or []), **given)
        if item.kind is Kind.VALUES:
            given["errors"] = [*given["errors"], *self._errors_below(path)]
            return Box(kind="line", value=", ".join(map(str, value or [])), **given)
        if item.is_wall_time:
            return self._wall_time(value, path, given)
        if item.field.input == "picture":
            given["help"] = self.no_uploads
        shown = "" if value is None else str(value)
        if item.field.lines > 1:
            return Box(kind="lines", value=shown, lines=item.field.lines, **given)
        return Box(kind="line", value=shown, input=item.field.input, **given)

    def _wall_time(self, value: Any, path: str, given: dict[str, Any]) -> Box | Group:
        """The field for the time, and which of two where it comes twice."""
        box = Box(kind="line", value=shown_time(value), input="datetime-local", **given)
        offsets = offsets_of(str(value or ""), self.zone)
        if not offsets:
            return box
        words = _sl("The first of the two"), _sl("The second of the two")
        which = Box(
            f"{path}.{OFFSET}",
            _sl("Which of the two?"),
            "choice",
            help=_sl("The clocks go back that night, so that this time comes twice."),
            options=[
                Option(offset, f"{word} (UTC{offset})", str(value).endswith(offset))
                for word, offset in zip(words, offsets, strict=True)
            ],
        )
        return Group("", "part", [box, which])

    def _languages(self, item: Described, value: Any, path: str, is_one: bool = False) -> Group:
        text = LocalizedText(value or "")
        of_all = self._errors(path)
        boxes = [
            # what is wrong with all languages is told at the first
            self._in_language(item, text, code, path, of_all if index == 0 else ())
            for index, code in enumerate(self.locales)
        ]
        return Group(
            str(item.field.label),
            "languages",
            boxes,
            help=str(item.field.help or ""),
            id=id_of(path),
            needed=self._needed(item, is_one=is_one),
        )

    def _in_language(
        self, item: Described, text: LocalizedText, code: str, path: str, of_all: Sequence[str]
    ) -> Box:
        words = text.get(code, text.get(LocalizedText.ANY, ""))
        is_markdown = item.field.lines > 1
        return Box(
            f"{path}.{code}",
            language_name(code),
            "lines" if is_markdown else "line",
            words,
            errors=[*self._errors(f"{path}.{code}"), *of_all],
            lines=item.field.lines,
            lang=language_tag(code),
            dir=direction(code),
            preview=markdown(words) if is_markdown and self.previews and words else None,
            hints=hint_sentences(words, code) if item.field.is_easy and self.previews else (),
        )

    def _part(self, item: Described, value: Any, path: str) -> Group:
        if item.model is None:
            raise TypeError(f"{item.name} has no parts.")
        values = value if value is not None else blank(item.model)
        switch = None
        if item.field.switch is not None:
            switch = Box(path, str(item.field.switch), "tick", is_ticked=value is not None)
        return Group(
            str(item.field.label),
            "part",
            self.of(describe(item.model), values, f"{path}.", item.field.one_of),
            help=str(item.field.help or ""),
            errors=() if switch else self._errors(path),
            id=id_of(path),
            needed=self._needed(item),
            switch=switch,
        )

    def _list(self, item: Described, values: Sequence[Any], path: str) -> Group:
        items = [
            self._item(item, value, path, number, is_last=number == len(values) - 1)
            for number, value in enumerate(values)
        ]
        items.append(self._item(item, None, path, len(values), is_last=True))
        return Group(
            str(item.field.label),
            "list",
            items,
            help=str(item.field.help or ""),
            errors=self._errors(path),
            id=id_of(path),
            needed=self._needed(item),
        )

    def _item(self, item: Described, value: Any, path: str, number: int, *, is_last: bool) -> Group:
        here = f"{path}[{number}]"
        is_new = value is None
        name = str(item.field.item or item.field.label)
        children: Sequence[Box | Group]
        if item.model is None:
            children = self._languages(item, value, here).children
        else:
            given = blank(item.model) if is_new else value
            children = self.of(describe(item.model), given, f"{here}.")
        place = Box(f"{here}.{POSITION}", _sl("Position"), "line", str(number + 1), input="number")
        return Group(
            _sl("%(item)s, new", item=name)
            if is_new
            else _sl("%(item)s %(number)d", item=name, number=number + 1),
            "item",
            children,
            errors=self._errors(here),
            id=id_of(here),
            is_new=is_new,
            position=place,
            remove=None if is_new else Box(f"{here}.{REMOVE}", _sl("Remove"), "tick"),
            more=() if is_new or not clock_of(item) else _more(here, is_last=is_last),
            warnings=self.warnings.get(here, ()),
        )

    def _options(self, item: Described, chosen: Sequence[Any]) -> list[Option]:
        offered = [(value, str(label)) for value, label in item.field.options.items()]
        if item.field.source != "kinds":
            offered += self.choices.get(item.field.source, ())
        known = {value for value, _ in offered}
        # what is chosen and offered no longer can be taken out, and is not lost unseen
        offered += [(str(value), str(value)) for value in chosen if value and value not in known]
        told = self.readable if item.field.source == "purposes" else {}
        options = [
            Option(value, label, value in chosen, *told.get(value, ())) for value, label in offered
        ]
        if item.kind is Kind.CHOICE and item.optional:
            return [Option("", _sl("Not said"), not any(chosen)), *options]
        return sorted(options, key=lambda option: _rank(option, chosen))

    def _errors(self, path: str) -> Sequence[str]:
        return self.faults.get(path, ())

    def _errors_below(self, path: str) -> Iterator[str]:
        for name, sentences in self.faults.items():
            if name.startswith(f"{path}["):
                yield from sentences


def boxes_of(fields: Iterable[Box | Group]) -> Iterator[Box | Group]:
    """All fields and groups, from top to bottom."""
    for field in fields:
        yield field
        if isinstance(field, Group):
            if field.switch is not None:
                yield field.switch
            yield from boxes_of(field.children)


def has_markdown(fields: Iterable[Box | Group]) -> bool:
    """Whether any of them is a text in Markdown: such a text is in a language."""
    boxes = (field for field in boxes_of(fields) if isinstance(field, Box))
    return any(box.kind == "lines" and box.lang for box in boxes)


def has_picture(fields: Iterable[Box | Group]) -> bool:
    """Whether a file may come with any of them."""
    boxes = (field for field in boxes_of(fields) if isinstance(field, Box))
    return any(box.input == "picture" for box in boxes)


def id_of(path: str) -> str:
    """The id of the element of a field."""
    return "sl-" + path.replace("[", "-").replace("].", "-").replace("]", "").replace(".", "-")


def _more(path: str, *, is_last: bool) -> list[Box]:
    """What can be done with an item that has a time of day."""
    copy = Box(f"{path}.{COPY}", _sl("Copy"), "tick")
    shift = Box(f"{path}.{SHIFT}", _sl("If its time changes, shift the items after it"), "tick")
    return [copy] if is_last else [copy, shift]


def _rank(option: Option, chosen: Sequence[Any]) -> int:
    """Of several, the chosen ones first, in their order; of one, as they are offered."""
    return list(chosen).index(option.value) if option.is_chosen and len(chosen) > 1 else len(chosen)

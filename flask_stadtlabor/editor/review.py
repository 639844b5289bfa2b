"""What keeps an event from being published, what is worth doing, and what is fine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor.description import PAGES, Described, Kind, describe
from flask_stadtlabor.editor.easy_hints import counted_hints
from flask_stadtlabor.editor.gaps import gaps_of
from flask_stadtlabor.editor.programme import oddities
from flask_stadtlabor.events.models import EventStatus
from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.saving import Document
from flask_stadtlabor.i18n import _sl, named_language
from flask_stadtlabor.state import now, settings


class Finding(NamedTuple):
    """A sentence about one field."""

    page: str
    path: str
    sentence: str


class Review(NamedTuple):
    """What was found."""

    blocking: list[Finding]
    worth_doing: list[Finding]
    fine: list[str]
    """The labels of the fields that are filled in."""


def review(document: Document) -> Review:
    """Look at a document that has no faults."""
    fine = [
        str(item.field.label)
        for item in describe(EventEntry)
        if _says(item, document.get(item.name))
    ]
    worth = [
        *_languages(document),
        *_easy_language(document),
        *_access(document),
        *_picture(document),
        *_programme(document),
        *_results(document),
    ]
    return Review(missing(document), worth, fine)


def missing(document: Document) -> list[Finding]:
    """What publishing needs and is not there, in a document with faults too."""
    return [
        Finding(item.field.page, _first_box(item), _sl("“%(field)s” is missing.", field=label))
        for item in describe(EventEntry)
        if item.field.needed and not _says(item, document.get(item.name))
        for label in [str(item.field.label)]
    ]


def label_at(path: str, model: type[BaseModel] = EventEntry) -> str:
    """What the field at a path is called, with the page's own words for the parts around it."""
    return " › ".join(_labels_at(path, model))


def own_label_at(path: str, model: type[BaseModel] = EventEntry) -> str:
    """What the field at a path is called, without the parts around it."""
    return _labels_at(path, model)[-1]


def _labels_at(path: str, model: type[BaseModel]) -> list[str]:
    labels = []
    for step in path.replace("]", "").replace("[", ".").split("."):
        if step.isdecimal():
            labels.append(str(int(step) + 1))
            continue
        item = next((item for item in describe(model) if item.name == step), None)
        if item is None:
            labels.append(named_language(step) if step in settings().locales else step)
            continue
        labels.append(str(item.field.label))
        model = item.model or model
    return labels


def page_of(path: str) -> str:
    """The page of the editor on which the field at a path stands."""
    name = path.replace("[", ".").split(".")[0]
    found = (item.field.page for item in describe(EventEntry) if item.name == name)
    return next(found, PAGES[0])


def _first_box(item: Described) -> str:
    if item.kind is Kind.LOCALIZED:
        return f"{item.name}.{settings().locales[0]}"
    if item.field.one_of:
        return f"{item.name}.{item.field.one_of[0]}.{settings().locales[0]}"
    return item.name


def _says(item: Described, value: Any) -> bool:
    if item.field.one_of:
        return any((value or {}).get(name) for name in item.field.one_of)
    return bool(value)


def _languages(document: Document) -> Iterator[Finding]:
    for gap in gaps_of(document, settings().locales):
        yield Finding(
            gap.page,
            f"{gap.path}.{gap.language}",
            _sl(
                "“%(field)s” is not there in %(language)s.",
                field=label_at(gap.path),
                language=named_language(gap.language),
            ),
        )
    if not document.get("easy_language"):
        path = f"easy_language.{settings().locales[0]}"
        yield Finding("text", path, _sl("There is no text in easy language."))


def _easy_language(document: Document) -> Iterator[Finding]:
    for item in describe(EventEntry):
        text = LocalizedText(document.get(item.name) or "") if item.field.is_easy else {}
        for code in settings().locales:
            for sentence in counted_hints(text.get(code, ""), code):
                yield Finding(item.field.page, f"{item.name}.{code}", sentence)


def _access(document: Document) -> Iterator[Finding]:
    venue = document.get("venue") or {}
    has_address = any(venue.get(key) for key in ("name", "street", "city"))
    if has_address and not (venue.get("accessibility") or {}).get("wheelchair"):
        yield Finding(
            "place",
            "venue.accessibility.wheelchair",
            _sl("Nobody has said whether people with a wheelchair get in."),
        )


def _picture(document: Document) -> Iterator[Finding]:
    of_results = (document.get("results") or {}).get("pictures") or ()
    shown = [("picture", "image", document.get("image"))]
    shown += [("results", f"results.pictures[{at}]", each) for at, each in enumerate(of_results)]
    for page, path, image in shown:
        if image and (image.get("picture") or image.get("url")) and not image.get("alt"):
            yield Finding(
                page,
                f"{path}.alt.{settings().locales[0]}",
                _sl("The picture has no description for people who cannot see it."),
            )


def _programme(document: Document) -> Iterator[Finding]:
    for index, sentence in oddities(document):
        yield Finding("programme", f"programme[{index}].starts_at", sentence)


def _results(document: Document) -> Iterator[Finding]:
    """What came of an event that is over and took place."""
    is_over = to_utc(document["ends_at"], document["timezone"]) <= now()
    if is_over and document["status"] == EventStatus.PUBLISHED and not document.get("results"):
        path = f"results.text.{settings().locales[0]}"
        yield Finding("results", path, _sl("Nothing has been said yet about what came of it."))

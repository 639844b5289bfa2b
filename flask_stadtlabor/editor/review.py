"""What keeps an event from being published, what is worth doing, and what is fine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor.description import PAGES, Described, Kind, describe
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.saving import Document
from flask_stadtlabor.i18n import _sl, named_language
from flask_stadtlabor.state import settings


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

    def pages_with_gaps(self) -> set[str]:
        """The pages of the editor on which something is missing that publishing needs."""
        return {finding.page for finding in self.blocking}


def review(document: Document) -> Review:
    """Look at a document that has no faults."""
    blocking = [
        Finding(item.field.page, _first_box(item), _sl("“%(field)s” is missing.", field=label))
        for item in describe(EventEntry)
        if item.field.needed and not _says(item, document.get(item.name))
        for label in [str(item.field.label)]
    ]
    fine = [
        str(item.field.label)
        for item in describe(EventEntry)
        if _says(item, document.get(item.name))
    ]
    worth = [*_languages(document), *_access(document), *_picture(document), *_programme(document)]
    return Review(blocking, worth, fine)


def label_at(path: str) -> str:
    """What the field at a path is called, with the page's own words for the parts around it."""
    labels, model = [], EventEntry
    for step in path.replace("]", "").replace("[", ".").split("."):
        if step.isdecimal():
            labels.append(str(int(step) + 1))
            continue
        item = next((item for item in describe(model) if item.name == step), None)
        if item is None:
            labels.append(named_language(step) if step in settings().locales else step)
            continue
        labels.append(str(item.field.label))
        model = item.model or model  # type: ignore[assignment]
    return " › ".join(labels)


def page_of(path: str) -> str:
    """The page of the editor on which the field at a path stands."""
    name = path.replace("[", ".").split(".")[0]
    found = (item.field.page for item in describe(EventEntry) if item.name == name)
    return next(found, PAGES[0])


def _first_box(item: Described) -> str:
    if item.kind is Kind.LOCALIZED:
        return f"{item.name}.{settings().locales[0]}"
    if item.name == "venue":
        return f"venue.name.{settings().locales[0]}"
    return item.name


def _says(item: Described, value: Any) -> bool:
    if item.name == "venue":
        venue = value or {}
        return any(venue.get(key) for key in ("name", "street", "city", "online_url"))
    return bool(value)


def _languages(document: Document) -> Iterator[Finding]:
    for item in describe(EventEntry):
        if item.kind is not Kind.LOCALIZED or item.name == "easy_language":
            continue
        text = LocalizedText(document.get(item.name) or "")
        if not text or LocalizedText.ANY in text:
            continue
        for code in settings().locales:
            if code not in text:
                yield Finding(
                    item.field.page,
                    f"{item.name}.{code}",
                    _sl(
                        "“%(field)s” is not there in %(language)s.",
                        field=str(item.field.label),
                        language=named_language(code),
                    ),
                )
    if not document.get("easy_language"):
        path = f"easy_language.{settings().locales[0]}"
        yield Finding("text", path, _sl("There is no text in easy language."))


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
    image = document.get("image")
    if image and (image.get("picture") or image.get("url")) and not image.get("alt"):
        yield Finding(
            "picture",
            f"image.alt.{settings().locales[0]}",
            _sl("The picture has no description for people who cannot see it."),
        )


def _programme(document: Document) -> Iterator[Finding]:
    """Items outside of the event, which ends on the day on which it begins."""
    starts_at, ends_at = (str(document[key])[:16] for key in ("starts_at", "ends_at"))
    if datetime.fromisoformat(starts_at).date() != datetime.fromisoformat(ends_at).date():
        return
    for index, item in enumerate(document.get("programme") or ()):
        if not starts_at[11:] <= item["starts_at"] <= ends_at[11:]:
            yield Finding(
                "programme",
                f"programme[{index}].starts_at",
                _sl(
                    "Item %(number)d of the programme is at %(time)s, and the event is from "
                    "%(start)s to %(end)s.",
                    number=index + 1,
                    time=item["starts_at"],
                    start=starts_at[11:],
                    end=ends_at[11:],
                ),
            )

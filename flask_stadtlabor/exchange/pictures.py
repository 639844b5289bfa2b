"""Whether the uploaded pictures that events name are here, and described."""

from __future__ import annotations

from collections.abc import Iterator

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import pictures_with
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.faults import Fault, path_of, shown
from flask_stadtlabor.exchange.reading import Content
from flask_stadtlabor.pictures.queries import usable
from flask_stadtlabor.state import settings


def picture_faults(content: Content) -> Iterator[Fault]:
    """A fault for each uploaded picture that is not here, or is not described."""
    entries = content.of("events", EventEntry)
    named = [
        (position, way, image)
        for position, entry in entries.items()
        for way, image in pictures_with(entry.image, entry.results)
        if image.picture is not None
    ]
    here = usable(image.picture or "" for _, _, image in named)
    for position, way, image in named:
        if image.picture not in here:
            yield Fault(
                path_of("events", position, *way, "picture"),
                f"There is no uploaded picture {shown(image.picture)} here; upload it in the "
                "editor, or remove the key.",
            )
        language = main_language(entries[position].title)
        if not image.alt.get(language, image.alt.get(LocalizedText.ANY, "")).strip():
            yield Fault(
                path_of("events", position, *way, "alt", language),
                "An uploaded picture needs a description; write what it shows.",
            )


def main_language(title: LocalizedText) -> str:
    """The language in which an event has to be whole: the portal's, if it has a title in that."""
    default = settings().default_locale
    return title.choose(default)[1] or default

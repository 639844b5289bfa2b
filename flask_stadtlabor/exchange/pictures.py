"""Whether the uploaded pictures that events and projects name are here, and described."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import Image
from flask_stadtlabor.exchange.entries import EventEntry, ProjectEntry
from flask_stadtlabor.exchange.faults import Fault, path_of, shown
from flask_stadtlabor.exchange.reading import Content
from flask_stadtlabor.pictures.queries import usable
from flask_stadtlabor.state import settings


def picture_faults(content: Content) -> Iterator[Fault]:
    """A fault for each uploaded picture that is not here, or is not described."""
    named = list(_named(content))
    here = usable(image.picture or "" for _, _, image in named)
    for steps, title, image in named:
        if image.picture not in here:
            yield Fault(
                path_of(*steps, "picture"),
                f"There is no uploaded picture {shown(image.picture)} here; upload it in the "
                "editor, or remove the key.",
            )
        language = main_language(title)
        if not image.alt.get(language, image.alt.get(LocalizedText.ANY, "")).strip():
            yield Fault(
                path_of(*steps, "alt", language),
                "An uploaded picture needs a description; write what it shows.",
            )


def _named(content: Content) -> Iterator[tuple[tuple[str | int, ...], LocalizedText, Image]]:
    """Where an uploaded picture is named, the title that it stands with, and the picture."""
    lists: dict[str, Mapping[int, EventEntry | ProjectEntry]] = {
        "projects": content.of("projects", ProjectEntry),
        "events": content.of("events", EventEntry),
    }
    for name, entries in lists.items():
        for position, entry in entries.items():
            if entry.image is not None and entry.image.picture is not None:
                yield (name, position, "image"), entry.title, entry.image


def main_language(title: LocalizedText) -> str:
    """The language in which an entry has to be whole: the portal's, if it has a title in that."""
    default = settings().default_locale
    return title.choose(default)[1] or default

"""The areas of an app, read once when it starts; none where the host gives no file."""

from __future__ import annotations

from flask import Flask, current_app

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.participation.areas.drawing import Drawing, Shape, draw_areas
from flask_stadtlabor.participation.areas.geojson import read_areas

_AREAS = "stadtlabor_areas"


def set_areas(app: Flask, path: str | None) -> None:
    """Read the areas of ``app`` from the host's file; None for no areas.

    Raises :class:`~flask_stadtlabor.config.ConfigurationError` for a file that cannot work.
    """
    app.extensions[_AREAS] = draw_areas(read_areas(path)) if path is not None else None


def city() -> Drawing | None:
    """The drawing of all areas of the current app; None where there are none."""
    found: Drawing | None = current_app.extensions[_AREAS]
    return found


def shapes() -> tuple[Shape, ...]:
    """The areas of the current app, in the order of the host's file."""
    drawing = city()
    return drawing.shapes if drawing is not None else ()


def find_area(slug: str | None) -> Shape | None:
    """The area with this slug; None where the host's file has none (any more)."""
    return next((shape for shape in shapes() if shape.slug == slug), None)


def area_name(slug: str | None) -> LocalizedText:
    """What an area is called; nothing for none."""
    found = find_area(slug)
    return found.name if found is not None else LocalizedText()


def spellings(slug: str | None) -> list[str]:
    """What an area is called in any language, for the search."""
    found = find_area(slug)
    return [*found.name.values()] if found is not None else []

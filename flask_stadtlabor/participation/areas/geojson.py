"""Reading the host's areas from a file of GeoJSON (RFC 7946)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from flask_stadtlabor.config import ConfigurationError
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.queries import is_slug

Point = tuple[float, float]
"""Degrees: longitude and latitude."""
Ring = list[Point]

MOST_BYTES = 50_000_000
LEAST_CORNERS = 3


class Area(NamedTuple):
    """A part of the city as the host's file describes it."""

    slug: str
    name: LocalizedText
    polygons: list[list[Ring]]
    """Each with its outline first, and then its holes."""


class Fault(Exception):
    """What is wrong with the file, and what to write instead."""


def read_areas(path: str) -> list[Area]:
    """The areas of a file, in its order.

    Raises :class:`~flask_stadtlabor.config.ConfigurationError`, which names the first fault.
    """
    try:
        return _areas(_document(Path(path)))
    except Fault as fault:
        raise ConfigurationError(f"STADTLABOR_AREAS names {path}; {fault}") from fault


def _document(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Fault(f"it has more than {MOST_BYTES:,} bytes. Simplify its outlines.")
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Fault("it cannot be read. Write the whole path of a GeoJSON file.") from error
    except (ValueError, RecursionError) as error:
        raise Fault(f"it is no JSON: {error}.") from error
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
        raise Fault("it is no GeoJSON FeatureCollection. Export the areas as one.")
    return found


def _areas(document: dict[str, Any]) -> list[Area]:
    features = document.get("features")
    if not isinstance(features, list) or not features:
        raise Fault("it has no features. Write one for each area, or leave the setting out.")
    found: dict[str, Area] = {}
    for position, feature in enumerate(features, start=1):
        where = f"feature {position}"
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise Fault(f"{where} is no GeoJSON Feature.")
        properties = feature.get("properties")
        said = properties if isinstance(properties, dict) else {}
        slug = _slug(said.get("slug", feature.get("id")), where)
        if slug in found:
            raise Fault(f"{where} is the second with the slug {slug!r}. Give each one of its own.")
        where = f"{where} ({slug})"
        found[slug] = Area(slug, _name(said, where), _polygons(feature.get("geometry"), where))
    return list(found.values())


def _slug(given: object, where: str) -> str:
    is_number = isinstance(given, int) and not isinstance(given, bool)
    slug = str(given) if is_number else given
    if not isinstance(slug, str) or not is_slug(slug):
        raise Fault(
            f"{where} has no id that can stand in an address. Write an id, or a property slug, of "
            "small letters, digits and hyphens, such as 'altstadt'."
        )
    return slug


def _name(said: dict[str, Any], where: str) -> LocalizedText:
    name = said.get("name")
    texts = dict(name) if isinstance(name, dict) else {}
    texts |= {key[5:]: value for key, value in said.items() if key.startswith("name_")}
    texts = {code: value.strip() for code, value in texts.items() if isinstance(value, str)}
    if isinstance(name, str) and name.strip() and not any(texts.values()):
        return LocalizedText(name.strip())
    if not any(texts.values()):
        raise Fault(
            f"{where} has no name. Write a property name, as a text or as an object of languages, "
            "or properties such as name_de and name_en."
        )
    return LocalizedText(texts)


def _polygons(geometry: object, where: str) -> list[list[Ring]]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        raise Fault(f"{where} is neither a Polygon nor a MultiPolygon.")
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if kind == "Polygon" else _list(coordinates, where)
    found = [[_ring(ring, where) for ring in _list(polygon, where)] for polygon in polygons]
    if not found or not all(found):
        raise Fault(f"{where} has no outline.")
    return found


def _ring(positions: object, where: str) -> Ring:
    ring = list(_points(_list(positions, where), where))
    if ring[0] == ring[-1]:
        ring.pop()
    if len(set(ring)) < LEAST_CORNERS:
        raise Fault(f"{where} has an outline with fewer than three corners.")
    return ring


def _points(positions: list[Any], where: str) -> Iterator[Point]:
    for position in positions:
        numbers = position[:2] if isinstance(position, list) else []
        if len(numbers) != len(("longitude", "latitude")) or not all(map(_is_number, numbers)):
            raise Fault(f"{where} has a position that is no longitude and latitude.")
        longitude, latitude = float(numbers[0]), float(numbers[1])
        if not (abs(longitude) <= 180 and abs(latitude) <= 90):
            raise Fault(
                f"{where} has the position {numbers}, which is not in degrees. Convert the file to "
                "WGS 84 (EPSG:4326)."
            )
        yield longitude, latitude


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value)


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise Fault(f"{where} has coordinates that are no list of positions.")
    return value

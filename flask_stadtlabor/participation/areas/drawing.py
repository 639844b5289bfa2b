"""The outlines of areas as a drawing of whole numbers, which SVG shows; pure functions.

Equirectangular: a degree of longitude is as long as it is in the middle of the city. Corners are
put on a grid, so that neighbours keep a common border, and those that then change nothing are left
out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.participation.areas.geojson import LEAST_CORNERS, Area, Point, Ring

LONGER_SIDE = 800
MARGIN = 6
"""Around the drawing, for the line of the outermost border."""
SMALLEST = 24
"""An area that is smaller both ways gets a spot of this diameter to press on."""
SCAN_LINES = 15
LETTER = 14
"""How wide a letter or a digit in the drawing is, at most."""
HALF_TURN = 180

Spot = tuple[int, int]


class Shape(NamedTuple):
    """An area in the drawing."""

    slug: str
    name: LocalizedText
    path: str
    """As SVG writes it, to be filled by the even-odd rule."""
    middle: Spot
    """Where its number stands, which is inside of it."""
    room: int
    """How many letters fit there."""
    is_small: bool
    """Whether a spot is drawn on it, so that there is something to press on."""


class Drawing(NamedTuple):
    """All areas of the city."""

    width: int
    height: int
    shapes: tuple[Shape, ...]


def draw_areas(areas: Sequence[Area]) -> Drawing:
    """Draw the areas, the north on top."""
    corners = [point for area in areas for ring in _rings(area) for point in ring]
    # a city on both sides of the 180th meridian is one piece
    crosses = _extent(longitude for longitude, _ in corners)[1] > HALF_TURN
    flat = [_turned(point, crosses=crosses) for point in corners]
    west, width = _extent(longitude for longitude, _ in flat)
    south, height = _extent(latitude for _, latitude in flat)
    squeeze = max(math.cos(math.radians(south + height / 2)), 0.01)
    scale = (LONGER_SIDE - 2 * MARGIN) / (max(width * squeeze, height) or 1)

    def spot(point: Point) -> Spot:
        longitude, latitude = _turned(point, crosses=crosses)
        x = (longitude - west) * squeeze * scale + MARGIN
        y = (south + height - latitude) * scale + MARGIN
        return round(x), round(y)

    return Drawing(
        width=round(width * squeeze * scale) + 2 * MARGIN,
        height=round(height * scale) + 2 * MARGIN,
        shapes=tuple(
            _shape(area, [list(map(spot, ring)) for ring in _rings(area)]) for area in areas
        ),
    )


def _rings(area: Area) -> Iterable[Ring]:
    return (ring for polygon in area.polygons for ring in polygon)


def _extent(values: Iterable[float]) -> tuple[float, float]:
    """The least of them, and how far the greatest is from it."""
    found = list(values)
    return min(found), max(found) - min(found)


def _turned(point: Point, *, crosses: bool) -> Point:
    longitude, latitude = point
    return (longitude + 2 * HALF_TURN if crosses and longitude < 0 else longitude), latitude


def _shape(area: Area, rings: list[list[Spot]]) -> Shape:
    kept = [ring for ring in map(_simple, rings) if ring]
    corners = [corner for ring in kept or rings for corner in ring]
    left, width = _extent(x for x, _ in corners)
    top, height = _extent(y for _, y in corners)
    middle, wide = _roomiest(kept, top, height)
    return Shape(
        slug=area.slug,
        name=area.name,
        path="".join(map(_written, kept)),
        middle=middle or (round(left + width / 2), round(top + height / 2)),
        room=int(wide / LETTER),
        is_small=max(width, height) < SMALLEST,
    )


def _simple(ring: list[Spot]) -> list[Spot]:
    """The corners at which the outline turns; none where nothing is left of it on the grid."""
    corners = [spot for at, spot in enumerate(ring) if spot != ring[at - 1]]
    turning = [
        spot
        for at, spot in enumerate(corners)
        if _turn(corners[at - 1], spot, corners[(at + 1) % len(corners)])
    ]
    return turning if len(turning) >= LEAST_CORNERS else []


def _turn(before: Spot, here: Spot, after: Spot) -> int:
    """Twice the area between three spots; 0 where they lie on a line."""
    (x, y), (x_1, y_1), (x_2, y_2) = before, here, after
    return (x_1 - x) * (y_2 - y) - (y_1 - y) * (x_2 - x)


def _roomiest(rings: list[list[Spot]], top: float, height: float) -> tuple[Spot | None, float]:
    """Where most room is around a spot within the outlines, and how wide it is there.

    Tried are the middles of lines from west to east.
    """
    best: Spot | None = None
    most, wide = 0.0, 0.0
    turned = [[(y, x) for x, y in ring] for ring in rings]
    for step in range(1, SCAN_LINES + 1):
        # off the grid, so that no line goes through a corner
        y = math.floor(top + height * step / (SCAN_LINES + 1)) + 0.5
        for west, east in _inside(rings, y):
            x = math.floor((west + east) / 2) + 0.5
            above = [min(y - north, south - y) for north, south in _inside(turned, x)]
            around = min((east - west) / 2, max(above, default=0))
            if around > most:
                best, most, wide = (math.floor(x), math.floor(y)), around, east - west
    return best, wide


def _inside(rings: list[list[Spot]], line: float) -> Iterable[tuple[float, float]]:
    """Where the level line runs within the outlines, from one crossing to the next."""
    crossings = sorted(_crossings(rings, line))
    return zip(crossings[::2], crossings[1::2], strict=True)


def _crossings(rings: list[list[Spot]], y: float) -> Iterable[float]:
    for ring in rings:
        for at, (x_2, y_2) in enumerate(ring):
            x_1, y_1 = ring[at - 1]
            if (y_1 < y) != (y_2 < y):
                yield x_1 + (y - y_1) * (x_2 - x_1) / (y_2 - y_1)


def _written(ring: list[Spot]) -> str:
    """By steps, which are shorter than places."""
    steps = [f"{x - ring[at][0]} {y - ring[at][1]}" for at, (x, y) in enumerate(ring[1:])]
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z"

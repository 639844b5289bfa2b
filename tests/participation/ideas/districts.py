"""Made-up cities as GeoJSON, for the tests of areas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


def square(
    slug: str, west: float = 7.0, south: float = 51.0, *, side: float = 0.1, **changes: Any
) -> Entry:
    """An area with straight borders."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "id": slug,
        "properties": {"name": slug.title()},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        **changes,
    }


def collection(*features: Entry) -> Entry:
    """A file's content."""
    return {"type": "FeatureCollection", "features": list(features)}


def write(folder: Path, content: object) -> str:
    """The path of a file with that content."""
    path = folder / "areas.geojson"
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return str(path)

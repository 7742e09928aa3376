"""Natural Earth outlines of the map: read from a file, projected for a drawing, thinned out for the zoomable map."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from leadline.errors import InputError

OUTLINES = Path(__file__).parent / "data" / "outlines.json"
WIDTH, HEIGHT = 1000.0, 640.0
MARGIN = 0.18  # of the extent, on each side
SMALLEST_VIEW = 3.0  # degrees of latitude: closer up there is nothing to see but outlines
REACH = 25.0  # degrees around the places within which the zoomable map gets outlines
Key = tuple[float, float, float]  # latitude, longitude, precision in metres
Rings = list[list[tuple[float, float]]]


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """One region's outline as an SVG path, with the point for its name where there is room for it."""

    region: str
    name: str
    path: str
    label_x: float | None
    label_y: float | None


class Projection:
    """Equirectangular around the middle of what is shown: true to scale there, plain to check by hand."""

    def __init__(self, points: list[tuple[float, float]]) -> None:
        lats, lons = [p[0] for p in points], [p[1] for p in points]
        self.lat0, self.lon0 = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
        self.stretch = max(0.1, math.cos(math.radians(self.lat0)))
        tall = max((max(lats) - min(lats)) * (1 + 2 * MARGIN), SMALLEST_VIEW)
        wide = max((max(lons) - min(lons)) * (1 + 2 * MARGIN), SMALLEST_VIEW) * self.stretch
        self.scale = min(HEIGHT / tall, WIDTH / wide)  # pixels a degree of latitude

    def __call__(self, lat: float, lon: float) -> tuple[float, float]:
        return round(WIDTH / 2 + (lon - self.lon0) * self.stretch * self.scale, 1), round(
            HEIGHT / 2 - (lat - self.lat0) * self.scale, 1
        )


def around(regions: list[tuple[str, str, Rings]], keys: list[Key]) -> Iterable[dict[str, Any]]:
    """Outlines near the places, in hundredths of a degree, for the zoomable map."""
    south, north = min(k[0] for k in keys) - REACH, max(k[0] for k in keys) + REACH
    west, east = min(k[1] for k in keys) - REACH * 1.5, max(k[1] for k in keys) + REACH * 1.5
    for code, name, rings in regions:
        near = [r for r in rings if any(south <= lat <= north and west <= lon <= east for lon, lat in r)]
        if near:
            flat = [[round(x * 100) for point in r for x in point] for r in near]
            yield {"id": code, "name": name, "rings": flat}


def outlines_in(project: Projection, regions: list[tuple[str, str, Rings]]) -> Iterable[Outline]:
    """Outlines that reach into the picture."""
    for region, name, rings in regions:
        pieces = []
        largest: list[tuple[float, float]] = []
        for ring in rings:
            points = [project(lat, lon) for lon, lat in ring]
            if (
                max(x for x, _ in points) < 0
                or min(x for x, _ in points) > WIDTH
                or max(y for _, y in points) < 0
                or min(y for _, y in points) > HEIGHT
            ):
                continue
            largest = largest or points
            pieces.append("M" + " ".join(f"{x:g},{y:g}" for x, y in points) + "Z")
        if pieces:
            x, y = sum(p[0] for p in largest) / len(largest), sum(p[1] for p in largest) / len(largest)
            wide = max(p[0] for p in largest) - min(p[0] for p in largest)
            room = wide > 8 * len(name) and 30 < x < WIDTH - 30 and 15 < y < HEIGHT - 15
            yield Outline(
                region=region,
                name=name,
                path="".join(pieces),
                label_x=round(x, 1) if room else None,
                label_y=round(y, 1) if room else None,
            )


@cache
def regions_of(path: Path) -> list[tuple[str, str, Rings]]:
    """Every outline: code, name, rings of longitude and latitude."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["outlines"]
        return [
            (o["id"], o["name"], [[(r[i] / 100, r[i + 1] / 100) for i in range(0, len(r), 2)] for r in o["rings"]])
            for o in found
        ]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as e:
        raise InputError(
            f"the outlines of the map cannot be read ({e})",
            place=str(path),
            expected="a file written by scripts/build_map.py",
        ) from e

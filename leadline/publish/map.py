"""The map: incidents as areas of the precision they are known with, on Natural Earth outlines, as SVG and for Leaflet.

The drawing needs no script: it prints, and every spot of it is a link. Where scripts run, Leaflet shows the same outlines and spots
to zoom and to filter. No tiles, nothing loads. A place of unknown position is listed beside the map and never drawn. Protected
events are drawn no finer than a district (`redact.coarse`), in both.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from leadline.publish.outlines import HEIGHT, OUTLINES, WIDTH, Key, Outline, Projection, around, outlines_in, regions_of
from leadline.publish.redact import Protection, coarse
from leadline.publish.view.records import IncidentView
from leadline.publish.words import say, visible

WIDEST = 400_000.0  # metres: an area this wide says no more than a country's name and is listed, not drawn
KM_PER_DEGREE = 111.32
MOST_DOTS = 600  # dots of one drawing: more would cover each other, and weigh
CELL = 6.0  # pixels by which the cells grow until there are no more dots than that
NEAR = 4.0  # degrees from the median point that still count as together, about 450 km


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """One place on the map with its incidents."""

    anchor: str
    name: str
    lat: float
    lon: float
    x: float
    y: float
    radius: float
    precision_km: float
    incidents: tuple[IncidentView, ...]


class Dot(msgspec.Struct, frozen=True, kw_only=True):
    """One link of a drawing: a place, or the places that lie so close together there that their dots would cover each other."""

    x: float
    y: float
    name: str
    n_places: int
    n_incidents: int
    anchor: str  # of the first of these places


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One drawing: outlines, the spots in it, their areas (each once) and dots, and a scale bar (pixels, kilometres)."""

    title: str
    width: float
    height: float
    outlines: tuple[Outline, ...]
    spots: tuple[Spot, ...]
    areas: tuple[tuple[float, float, float], ...]
    dots: tuple[Dot, ...]
    km_bar: tuple[float, int]


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A place with some of its incidents, in one part of the list; `first` where its incidents begin. No spot: not on the map."""

    spot: Spot | None
    incidents: tuple[IncidentView, ...]
    first: bool


class MapView(msgspec.Struct, frozen=True, kw_only=True):
    """What the map page shows: a close picture where most places lie together, the whole, and what is on neither."""

    pictures: tuple[Picture, ...]
    spots: tuple[Spot, ...]
    unplaced: tuple[IncidentView, ...]
    zoomable: dict[str, Any]


def map_view(incidents: Iterable[IncidentView], protection: Protection, outlines: Path = OUTLINES) -> MapView | None:
    """The map of present single incidents, without pictures where no place is known; None where there are none.

    `outlines` is a file as `scripts/build_map.py` writes it.
    Raises `InputError` for a file of outlines that cannot be read.
    """
    regions = regions_of(outlines)
    shown = [i for i in incidents if i.incident.is_single_event and not i.incident.historical]
    placed: dict[Key, list[IncidentView]] = defaultdict(list)
    names: dict[Key, set[str]] = defaultdict(set)  # several places can share one point of the coarse grid
    unplaced = []
    for i in shown:
        place = i.incident.place
        place = coarse(place, protect=protection.covers(i.incident.event, place)) if place else None
        if place is None or place.lat is None or place.lon is None or (place.precision_m or 0) > WIDEST:
            unplaced.append(i)
            continue
        key = (round(place.lat, 4), round(place.lon, 4), place.precision_m or 0.0)
        placed[key].append(i)
        names[key].add(place.name)
    if not shown:
        return None
    if not placed:
        return MapView(pictures=(), spots=(), unplaced=tuple(unplaced), zoomable={})
    keys = sorted(placed, key=lambda k: (-k[2], k))
    anchors = {k: f"place-{n + 1}" for n, k in enumerate(keys)}

    def picture(title: str, chosen: list[Key], reach: list[Key]) -> Picture:
        project = Projection([point for key in reach for point in _corners(key)] + [(k[0], k[1]) for k in chosen])
        spots = []
        for key in chosen:
            x, y = project(key[0], key[1])
            km = key[2] / 1000
            radius = round(max(5.0, km / KM_PER_DEGREE * project.scale), 1)
            spots.append(
                Spot(
                    anchor=anchors[key],
                    name=", ".join(sorted(names[key])),
                    lat=key[0],
                    lon=key[1],
                    x=x,
                    y=y,
                    radius=radius,
                    precision_km=km,
                    incidents=tuple(placed[key]),
                )
            )
        return Picture(
            title=title,
            width=WIDTH,
            height=HEIGHT,
            outlines=tuple(outlines_in(project, regions)),
            spots=tuple(spots),
            areas=tuple(dict.fromkeys((s.x, s.y, s.radius) for s in spots)),
            dots=tuple(_dots(spots)),
            km_bar=_bar(project),
        )

    whole = picture(say("map.whole"), keys, keys)
    close = _together(keys)
    pictures = (picture(say("map.close"), close, []), whole) if close else (whole,)
    zoomable = {
        "outlines": list(around(regions, keys)),
        "spots": [
            {
                "anchor": s.anchor,
                "name": visible(s.name),
                "lat": s.lat,
                "lon": s.lon,
                "m": s.precision_km * 1000,
                "within": say("map.within", km=f"{s.precision_km:,.0f}"),
            }
            for s in whole.spots
        ],
        "close": [n for n, k in enumerate(keys) if k in close],
    }
    return MapView(pictures=pictures, spots=whole.spots, unplaced=tuple(unplaced), zoomable=zoomable)


def listing(found: MapView, longest: int) -> list[list[Listed]]:
    """The list beside the map in parts of so many incidents: places by name, then what is not on the map."""
    places: list[tuple[Spot | None, tuple[IncidentView, ...]]] = [
        *((s, s.incidents) for s in sorted(found.spots, key=lambda s: (s.name, s.anchor))),
        (None, found.unplaced),
    ]
    parts: list[list[Listed]] = [[]]
    room = longest
    for spot, incidents in places:
        done = 0
        while done < len(incidents):
            if not room:
                parts.append([])
                room = longest
            piece = incidents[done : done + room]
            parts[-1].append(Listed(spot=spot, incidents=piece, first=done == 0))
            done, room = done + len(piece), room - len(piece)
    return parts


def _dots(spots: list[Spot]) -> Iterable[Dot]:
    """One dot a place; where there are many, one for all places of a cell of a grid, as fine as the number of dots allows."""
    cell = 0.0
    cells: dict[tuple[float, float], list[Spot]] = {(s.x, s.y): [s] for s in spots}
    while len(cells) > MOST_DOTS:
        cell += CELL
        cells = defaultdict(list)
        for s in spots:
            cells[s.x // cell, s.y // cell].append(s)
    for here in cells.values():
        yield Dot(
            x=round(sum(s.x for s in here) / len(here), 1),
            y=round(sum(s.y for s in here) / len(here), 1),
            name=here[0].name,
            n_places=len(here),
            n_incidents=sum(len(s.incidents) for s in here),
            anchor=here[0].anchor,
        )


def _corners(key: Key) -> list[tuple[float, float]]:
    """Two corners of the box around a place's area, so that the picture holds all of it."""
    lat, lon, metres = key
    tall = metres / 1000 / KM_PER_DEGREE
    wide = tall / max(0.1, math.cos(math.radians(lat)))
    return [(lat - tall, lon - wide), (lat + tall, lon + wide)]


def _together(keys: list[Key]) -> list[Key]:
    """The places around the median point, where they are most of all and a few far ones would shrink the picture."""
    lat, lon = median(k[0] for k in keys), median(k[1] for k in keys)
    near = [
        k
        for k in keys
        if abs(k[0] - lat) <= NEAR and abs(k[1] - lon) * math.cos(math.radians(lat)) <= NEAR * WIDTH / HEIGHT
    ]
    return near if len(keys) > len(near) >= max(3, len(keys) // 2) else []


def _bar(project: Projection) -> tuple[float, int]:
    """Length in pixels and kilometres of the scale bar: the roundest number near a sixth of the width."""
    pixels_per_km = project.scale / KM_PER_DEGREE
    wanted = WIDTH / 6 / pixels_per_km
    km = max((n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if n <= wanted), default=1)
    return round(km * pixels_per_km, 1), km

"""Claims as the flat rows that are compared: one row for all claims that say the same of the same origin.

Claims of one origin in the same words (a text and its copies) are one row. A copy therefore brings no evidence of its
own, cannot move what else is linked, and a text that stands a million times costs one comparison.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import pyarrow as pa

from leadline.link.bonds import Bonds
from leadline.link.context import with_context
from leadline.link.distance import COARSE_M, named_apart
from leadline.link.parameters import Parameters
from leadline.link.sorts import sorts
from leadline.link.words import stems, words
from leadline.schema import Claim, Place, Published

EPOCH = dt.date(1970, 1, 1)


class Row(msgspec.Struct, frozen=True):
    """One row: the smallest claim id stands for all claims in `claims`."""

    unique_id: str
    claims: tuple[str, ...]
    event: str
    sort: str
    """what may meet at all: kind of event, and single, series, generic or historical"""
    origin: str | None
    document: str
    attributed: bool
    """whether the document names somebody who says it; its own words may sum up what somebody says after them"""
    at: int
    """where in the document it stands"""
    start_day: int | None
    end_day: int | None
    reported_start: int | None
    reported_end: int | None
    place: str | None
    region: str | None
    place_name: str | None
    """how the text calls the place"""
    lat: float | None
    lon: float | None
    precision_m: float | None
    unit: str | None
    counted: str | None
    low: float | None
    high: float | None
    actor: str | None
    realis: str
    stems: tuple[str, ...]
    rare: tuple[str, ...]
    """its rarest stems, whose pairs are keys for blocking"""
    facet: str = ""
    """the place that it stands for, where it is one of several places of its claims"""
    meets: tuple[str, ...] = ()
    """what brings it together with others whatever else they share: entries of the ledger that judged one of its claims"""


def make_rows(
    claims: Sequence[Claim],
    origin_of: Mapping[str, str],
    published: Mapping[str, Published | None],
    parameters: Parameters,
    bonds: Bonds | None = None,
) -> list[Row]:
    """The rows of all claims, sorted by id; `bonds` are what people said of claims."""
    bonds = bonds or Bonds()
    family = {e: name for name, events in parameters.families.items() for e in events}
    counted = {w: name for name, words in parameters.counted.items() for w in words}
    groups: dict[tuple[str, ...], list[Claim]] = {}
    told = with_context(claims, origin_of, parameters)
    for c in told:
        # a claim without an origin (unnamed lineage) is its own
        key = (origin_of.get(c.claim_id, c.claim_id), c.event, c.realis, str(c.historical), " ".join(words(c.quote)))
        groups.setdefault(key, []).append(c)
    frequency = Counter(s for key in groups for s in set(stems(key[-1])))
    meeting = sorts(claims, origin_of, family, parameters)
    rows = []
    for group in (part for g in groups.values() for part in bonds.split(g)):
        group.sort(key=lambda c: c.claim_id)
        sort = min(meeting[c.claim_id] for c in group)
        judged = bonds.numbers_of(c.claim_id for c in group)
        whole = _row(group, origin_of, published, sort, judged, counted, frequency)
        rows += _facets(whole, group) if sort.endswith("/single") and not judged else [whole]
    return sorted(rows, key=lambda r: r.unique_id)


def _facets(whole: Row, group: Sequence[Claim]) -> list[Row]:
    """A row for each of the places that the claims name, where they all name the same ones far apart; else the row as it is."""
    named = {tuple(p.gazetteer_id or p.name for p in named_apart(c)): named_apart(c) for c in group}
    places = next(iter(named.values()))
    if len(named) > 1 or not places:
        return [whole]
    return [
        msgspec.structs.replace(
            at_place(whole, p), unique_id=whole.unique_id if k == 0 else f"{whole.unique_id}\0{k}", facet=p.name,
            counted=None, low=None, high=None,
        )
        for k, p in enumerate(places)
    ]  # fmt: skip


def at_place(row: Row, p: Place) -> Row:
    """The row at this place, a town or nearer, and no other."""
    name = " ".join(words(p.name))
    return msgspec.structs.replace(
        row, place=p.gazetteer_id or name, place_name=name, region=None, lat=p.lat, lon=p.lon, precision_m=p.precision_m
    )


TEXTS = (
    "unique_id",
    "event",
    "sort",
    "origin",
    "document",
    "place",
    "region",
    "place_name",
    "unit",
    "counted",
    "actor",
    "realis",
)
DAYS = ("at", "start_day", "end_day", "reported_start", "reported_end")
NUMBERS = ("lat", "lon", "precision_m", "low", "high")


def to_table(rows: Iterable[Row]) -> pa.Table:
    """The rows as Arrow, numbered by `id` in their order."""
    columns: dict[str, pa.DataType] = {
        **dict.fromkeys(TEXTS, pa.string()),
        **dict.fromkeys(DAYS, pa.int64()),
        **dict.fromkeys(NUMBERS, pa.float64()),
        "attributed": pa.bool_(),
        **dict.fromkeys(("stems", "meets"), pa.list_(pa.string())),
    }
    listed = list(rows)
    made = {name: pa.array([getattr(r, name) for r in listed], t) for name, t in columns.items()}
    keys = pa.array(([f"{a} {b}" for a, b in itertools.combinations(r.rare, 2)] for r in listed), pa.list_(pa.string()))
    return pa.table({"id": pa.array(range(len(listed)), pa.int64()), **made, "keys": keys})


def day(iso: str | None) -> int | None:
    """Days since 1970 of an ISO day, None where open."""
    return (dt.date.fromisoformat(iso[:10]) - EPOCH).days if iso else None


def _row(
    group: Sequence[Claim],
    origin_of: Mapping[str, str],
    published: Mapping[str, Published | None],
    sort: str,
    judged: tuple[str, ...],
    counted: Mapping[str, str],
    frequency: Counter[str],
) -> Row:
    c = group[0]
    place = min(
        (p for x in group for p in x.places),
        key=lambda p: (p.precision_m is None, p.precision_m or 0.0, p.name),
        default=None,
    )
    coarse = place is not None and (place.precision_m or 0.0) > COARSE_M
    name = None if place is None else (place.gazetteer_id or " ".join(words(place.name)))
    time = next((x.time for x in group if x.time is not None), None)
    number = next((x.number for x in group if x.number is not None), None)
    dates = [p for x in group if (p := published.get(x.document)) is not None]
    first = min(dates, key=lambda p: (p.end, p.start), default=None)
    own = stems(c.quote)
    rare = sorted(own, key=lambda s: (frequency[s], s))[:4]
    return Row(
        unique_id=c.claim_id,
        claims=tuple(x.claim_id for x in group),
        event=c.event,
        sort=sort,
        origin=origin_of.get(c.claim_id),
        document=c.document,
        attributed=bool(c.chain),
        at=c.start,
        start_day=day(time.start or time.end) if time else None,
        end_day=day(time.end or time.start) if time else None,
        reported_start=day(first.start) if first else None,
        reported_end=day(first.end) if first else None,
        place=None if coarse else name,
        region=name if coarse else None,
        place_name=" ".join(words(place.name)) if place else None,
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        precision_m=place.precision_m if place else None,
        unit=_unit(next((x.unit for x in group if x.unit), None)),
        counted=_counted(number.unit, counted) if number else None,
        low=number.low if number else None,
        high=number.high if number else None,
        actor=next((x.actor for x in group if x.actor), None),
        realis=c.realis,
        stems=tuple(own),
        rare=tuple(sorted(rare)),
        meets=judged,
    )


def _unit(unit: str | None) -> str | None:
    """A unit by its figures where it has some (`1,439th regiment`, `1439 Regiment`), else by its words."""
    if unit is None:
        return None
    figures = re.sub(r"(?<=\d),(?=\d{3})", "", unit)
    return " ".join(re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", w) for w in words(figures))


def _counted(unit: str, counted: Mapping[str, str]) -> str:
    listed = words(unit)
    known = next((counted[w] for w in listed if w in counted), None)
    return known or (" ".join(listed) or "things")

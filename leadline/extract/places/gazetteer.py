"""The gazetteer: names to places, shipped as two Parquet tables and extended by a case's own files.

The shipped tables (Arrow files, mapped into memory) hold one row a place and one row a name and place, sorted by the
name's 64-bit key; a lookup is a bisection. Nothing is read or built when the gazetteer is opened, and worker processes
share its pages.

A case's own file is CSV with the columns `id,name,alt_names,kind,country,admin1,admin2,lat,lon,precision_m,population`
(`alt_names` separated by `|`; everything but `id` and `name` may be empty; `admin1` and `admin2` are names). Its entries
come before the shipped ones: a name that stands in a case's file is looked up there only.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc

from leadline.errors import InputError
from leadline.extract.places.names import exact_key, fold, folded_key

DATA = Path(__file__).parent.parent / "data"
KINDS = (
    "country", "admin1", "admin2", "admin3", "settlement", "district", "area", "front", "coast", "water", "continent",
    "facility",
)  # fmt: skip
QUALITY = ("main", "spelling", "alternative", "shortened", "derived", "demonym")
LONGEST_ABBREVIATION = 8
CACHED_NAMES = 20_000
"""Names whose places are kept as objects: enough for thousands of articles, a few megabytes."""
COLUMNS = ("id", "name", "alt_names", "kind", "country", "admin1", "admin2", "lat", "lon", "precision_m", "population")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the gazetteer, as found under one name."""

    id: str
    name: str
    kind: str
    country: str | None
    within: tuple[str, ...]  # ids of the units that hold it, smallest first
    admin1: str | None
    admin2: str | None
    lat: float | None
    lon: float | None
    precision_m: float | None
    population: int
    capital: bool  # of a country
    own: bool = False  # from a file of the case
    quality: str  # what the name is to it, one of QUALITY


class Gazetteer:
    """Places by name.

    >>> g = Gazetteer.load()
    >>> {p.admin1 for p in g.lookup("Розсипне")} == {p.admin1 for p in g.lookup("Rassypnoye")}
    True
    >>> g.lookup("no such place at all")
    ()
    """

    def __init__(self, layers: Sequence[Layer], shipped: Shipped | None) -> None:
        self._layers = tuple(layers)
        self._shipped = shipped
        self._cache: dict[int, tuple[Place, ...]] = {}

    @classmethod
    def load(cls, extra: Iterable[Path] = (), *, shipped: bool = True) -> Gazetteer:
        """Open the shipped gazetteer (unless switched off) behind the case's own files.

        Raises `InputError` naming the file, line and column of the first wrong value.
        """
        return cls([Layer.read(Path(p)) for p in extra], Shipped.read() if shipped else None)

    def lookup(self, name: str) -> tuple[Place, ...]:
        """The places of that name in any spelling, by id; an abbreviation is found as it is written."""
        return self.find([(fold(name), name)])[0]

    def exact(self, name: str) -> tuple[Place, ...]:
        """The places of an abbreviation, as it is written."""
        return self.find([("", name)])[0]

    def find(self, names: Sequence[tuple[str, str]]) -> list[tuple[Place, ...]]:
        """For each (folded name, name as written) its places; one bisection serves them all."""
        keys: list[
            int
        ] = []  # for each name the key of its writing, where that is short enough for one, and its folded key
        for folded, written in names:
            keys += (exact_key(written) if len(written) <= LONGEST_ABBREVIATION else 0, folded_key(folded))
        found: list[tuple[Place, ...]] = [()] * len(names)
        for i in range(len(names)):
            for layer in self._layers:
                found[i] += layer.names.get(keys[2 * i]) or layer.names.get(keys[2 * i + 1], ())
        if self._shipped is None:
            return found
        for at in self._shipped.hits(np.array(keys, np.uint64)):
            if not found[at // 2]:
                found[at // 2] = self._known(keys[at])
        return found

    def _known(self, key: int) -> tuple[Place, ...]:
        """The shipped places of a key, made once as long as there is room."""
        assert self._shipped is not None
        if key not in self._cache:
            if len(self._cache) > CACHED_NAMES:
                self._cache.clear()
            self._cache[key] = self._shipped.places(key)
        return self._cache[key]


class Shipped:
    """The tables in the package, as flat columns."""

    def __init__(self, places: Any, names: Any) -> None:
        meta = places.schema.metadata
        self.countries: list[str] = json.loads(meta[b"countries"])
        self.key: npt.NDArray[np.uint64] = _flat(names, "key")
        self.place, self.quality = _flat(names, "place"), _flat(names, "quality")
        self.ids, self.titles = places.column("id"), places.column("name")
        self.kind, self.country, self.parent = (_flat(places, c) for c in ("kind", "country", "parent"))
        self.population, self.capital = _flat(places, "population"), _flat(places, "capital")
        self.lat, self.lon, self.precision = (_flat(places, c) for c in ("lat", "lon", "precision_m"))

    @classmethod
    def read(cls) -> Shipped:
        """Map both tables into memory."""
        return cls(*(_mapped(DATA / f"gazetteer-{name}.arrow") for name in ("places", "names")))

    def hits(self, keys: npt.NDArray[np.uint64]) -> list[int]:
        """Positions of the keys that the table holds, in order."""
        at = np.minimum(np.searchsorted(self.key, keys), len(self.key) - 1)
        return np.flatnonzero(self.key[at] == keys).tolist()

    def places(self, key: int) -> tuple[Place, ...]:
        """The places of one key."""
        low, high = (int(np.searchsorted(self.key, np.uint64(key), side)) for side in ("left", "right"))
        return tuple(
            self.one(int(p), QUALITY[q])
            for p, q in zip(self.place[low:high], self.quality[low:high].tolist(), strict=True)
        )

    def one(self, row: int, quality: str) -> Place:
        """The place of one row."""
        within: list[str] = []
        admin = {"admin1": None, "admin2": None}
        up = int(self.parent[row])
        while up >= 0:
            within.append(self.ids[up].as_py())
            kind = KINDS[self.kind[up]]
            if kind in admin:
                admin[kind] = self.titles[up].as_py()
            up = int(self.parent[up])
        kind, name = KINDS[self.kind[row]], self.titles[row].as_py()
        if kind in admin:
            admin[kind] = name
        lat, lon, precision = float(self.lat[row]), float(self.lon[row]), float(self.precision[row])
        known = not math.isnan(lat)
        return Place(
            id=self.ids[row].as_py(),
            name=name,
            kind=kind,
            country=self.countries[self.country[row]] or None,
            within=tuple(within),
            admin1=admin["admin1"],
            admin2=admin["admin2"],
            lat=round(lat, 5) if known else None,
            lon=round(lon, 5) if known else None,
            precision_m=round(precision) if known and not math.isnan(precision) else None,
            population=int(self.population[row]),
            capital=bool(self.capital[row]),
            quality=quality,
        )


def _mapped(path: Path) -> Any:
    """The single batch of an Arrow file, its pages read when they are touched."""
    return pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0)


def _flat(batch: Any, column: str) -> npt.NDArray[Any]:
    """A column of numbers as an array over the mapped file (`to_numpy` would import pandas)."""
    array = batch.column(column)
    return np.frombuffer(array.buffers()[1], array.type.to_pandas_dtype(), len(array))


class Layer:
    """One file of a case: places by key, all in memory."""

    def __init__(self, names: dict[int, tuple[Place, ...]]) -> None:
        self.names = names

    @classmethod
    def read(cls, path: Path) -> Layer:
        """Read a case's own gazetteer file."""
        try:
            with path.open(encoding="utf-8-sig", newline="") as f:
                reader = csv.DictReader(f)
                columns = reader.fieldnames or []
                rows = list(reader)
        except (OSError, UnicodeDecodeError) as e:
            raise InputError(
                f"the gazetteer cannot be read ({e})", place=str(path), expected="a CSV file in UTF-8"
            ) from e
        if missing := [c for c in ("id", "name") if c not in columns]:
            raise InputError(
                f"the gazetteer has no column {missing[0]!r}", place=str(path), expected=", ".join(COLUMNS),
                todo="name the columns in the first line",
            )  # fmt: skip
        if strange := [c for c in columns if c not in COLUMNS]:
            raise InputError(f"unknown column {strange[0]!r}", place=str(path), expected=", ".join(COLUMNS))
        ids = {}
        for line, r in enumerate(rows, 2):
            if not r["id"] or not r["name"] or r["id"] in ids:
                raise InputError(
                    f"the id {r['id']!r} stands twice" if r["id"] in ids else "id or name is empty",
                    place=f"{path}:{line}", expected="an id of its own and a name in every line",
                )  # fmt: skip
            ids[r["id"]] = r
        units = {fold(r["name"]): r["id"] for r in rows if (r.get("kind") or "") in {"country", "admin1", "admin2"}}
        found: dict[int, dict[str, Place]] = {}
        for line, r in enumerate(rows, 2):
            for key, place in _read_row(r, units, f"{path}:{line}"):
                found.setdefault(key, {}).setdefault(place.id, place)
        return cls({key: tuple(v[i] for i in sorted(v)) for key, v in found.items()})


def _read_row(r: dict[str, str], units: dict[str, str], where: str) -> Iterable[tuple[int, Place]]:
    def number(column: str, low: float, high: float) -> float | None:
        text = (r.get(column) or "").strip()
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise InputError(
                f"column {column!r} holds {text!r}",
                place=where,
                expected=f"a number from {low:g} to {high:g}, or nothing",
            )
        return value

    kind = (r.get("kind") or "").strip() or "settlement"
    if kind not in KINDS:
        raise InputError(f"column 'kind' holds {kind!r}", place=where, expected="one of " + ", ".join(KINDS))
    lat, lon = number("lat", -90, 90), number("lon", -180, 180)
    if (lat is None) != (lon is None):
        raise InputError("one of lat and lon is empty", place=where, expected="both or neither")
    admin1, admin2 = (r.get("admin1") or "").strip() or None, (r.get("admin2") or "").strip() or None
    country = (r.get("country") or "").strip() or None
    above = [a for a in (admin2, admin1, country) if a and fold(a) != fold(r["name"])]
    place = Place(
        id=r["id"],
        name=r["name"],
        kind=kind,
        country=country,
        within=tuple(units.get(fold(a), f"name:{fold(a)}") for a in above),
        admin1=admin1,
        admin2=admin2,
        lat=lat,
        lon=lon,
        precision_m=number("precision_m", 0, 2e7),
        population=int(number("population", 0, 2e9) or 0),
        capital=False,
        own=True,
        quality="main",
    )
    yield folded_key(fold(place.name)), place
    for other in (r.get("alt_names") or "").split("|"):
        if other.strip():
            yield folded_key(fold(other)), msgspec.structs.replace(place, quality="alternative")
            if other.isupper() and len(other) <= 5:
                yield exact_key(other.strip()), msgspec.structs.replace(place, quality="alternative")

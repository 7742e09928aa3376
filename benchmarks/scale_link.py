"""How the cost of linking grows: claims of an invented war, more and more of them on the same places and days.

usage: scale_link.py [--claims 10000,30000,100000 | --reports 300,1000,3000,10000] [--draws N] [--folder DIR] [--json]

Places, days, units and words do not grow with the heap, so every one of them becomes a hub: the hardest way to grow. Each size runs
in its own process; heaps are made first and not counted, and those in --folder stay there for the next run. Prints CPU seconds, peak memory, compared pairs, B3 over claims, and the exponent of CPU seconds in claims
between the first and the last size. With --reports the heaps are documents that tell of one event each, seven of ten of the same one
(`event_heaps.py`): of this one is said how many of its claims are in the incident that has most of them, of that incident how many are
its claims, and the calibration error of how often claims are drawn together, over pairs of claims at random.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import itertools
import json
import math
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import event_heaps
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from lineage import ece
from scale import kept

from leadline.engine.duckdb import DuckDBEngine
from leadline.link import link_incidents
from leadline.progress import SILENT
from leadline.schema import (
    CLAIMS,
    DOCUMENTS,
    INCIDENTS,
    PAIRS,
    PARTITIONS,
    Claim,
    Document,
    Hop,
    Number,
    Place,
    Published,
    TimeInterval,
)
from leadline.settings import Settings

EVENTS = (
    "order-to-fire",
    "execution",
    "threat",
    "unlawful-detention",
    "ill-treatment",
    "refusal",
    "desertion",
    "surrender",
)
PLACES, DAYS, UNITS, WORDS = 3000, 1000, 150, 4000
RANDOM_PAIRS = 200_000
SAID = ("claims", "CPU s", "peak MB", "B3")
BEFORE = ("ingest", "extract", "trace")
START = dt.date(2031, 1, 1)


def heap(n: int, rng: random.Random) -> tuple[dict, dict[str, str]]:
    """Tables with `n` claims, and the true incident of each."""
    places = [
        Place(
            name=f"P{k}", lat=48 + rng.random() * 3, lon=35 + rng.random() * 4, precision_m=1500.0, gazetteer_id=f"g{k}"
        )
        for k in range(PLACES)
    ]
    words = ["".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(3)) for _ in range(WORDS)]
    claims: list[Claim] = []
    origins: dict[str, list[str]] = collections.defaultdict(list)
    truth: dict[str, str] = {}
    documents: dict[str, Document] = {}
    for incident in range(n):
        event = rng.choice(EVENTS)
        place = places[
            min(int(rng.paretovariate(0.7)) - 1, PLACES - 1) if rng.random() < 0.5 else rng.randrange(PLACES)
        ]
        day = START + dt.timedelta(rng.randrange(DAYS))
        unit, count = f"{rng.randrange(UNITS)} brigade", float(rng.choice((2, 3, 4, 5, 7, 10, 20, 30, 50)))
        told = rng.sample(words, 8)
        lines = [f"i{incident}o{k}" for k in range(rng.choice((1, 1, 2, 3)))]
        for _ in range(rng.choice((1, 2, 3, 5, 9))):
            at = len(claims)
            if at == n:
                break
            line = rng.choice(lines)
            document = f"d{(at * 7919) % max(1, n // 4):07}"
            published = day + dt.timedelta(rng.choice((0, 1, 1, 2, 3, 9, 40)))
            if document not in documents:
                when = published.isoformat()
                documents[document] = Document(
                    document=document, sha256=document, text="", series=f"s{at % 300}",
                    published=Published(start=when, end=when, basis="given", evidence="made"),
                )  # fmt: skip
            quote = " ".join(rng.sample(told, 5) + rng.sample(words, 3))
            claims.append(
                Claim(
                    claim_id=f"{document}#c{at:07}", document=document, start=at, end=at + len(quote), quote=quote, event=event,
                    realis="actual", medium="testimony", verification="not-stated",
                    chain=(Hop(name=line, canonical=line, cue="said", start=None, end=None),),
                    places=(place,) if rng.random() < 0.7 else (),
                    time=TimeInterval(start=day.isoformat(), end=day.isoformat(), phrase="d") if rng.random() < 0.6 else None,
                    number=Number(low=count, high=count, unit="soldiers") if rng.random() < 0.4 else None,
                    unit=unit if rng.random() < 0.4 else None,
                )
            )  # fmt: skip
            origins[line].append(claims[-1].claim_id)
            truth[claims[-1].claim_id] = f"i{incident}"
        if len(claims) == n:
            break
    return event_heaps.tables_of(list(documents.values()), claims, origins), truth


def b3(truth: dict[str, str], found: dict[str, str]) -> float:
    """B-cubed F1 over claims."""
    together = collections.Counter((truth[c], found[c]) for c in truth)
    true, got = collections.Counter(truth.values()), collections.Counter(found[c] for c in truth)
    p = sum(k * k / got[f] for (_, f), k in together.items()) / len(truth)
    r = sum(k * k / true[t] for (t, _), k in together.items()) / len(truth)
    return 2 * p * r / (p + r)


def on_disk(folder: Path, n: int, make: Callable[[int, random.Random], tuple[dict, dict[str, str]]]) -> None:
    """Write a heap of this size as tables, with the true incidents; one that is there is left as it is."""
    if (folder / "truth.parquet").exists():
        return
    tables, truth = make(n, random.Random(7))
    folder.mkdir(parents=True, exist_ok=True)
    engine = DuckDBEngine(folder / "tables", {})
    for stage in BEFORE:
        engine.begin(stage)
        for t, rows in tables.items():
            if t.stage == stage:
                engine.write(t, rows)
        engine.seal(stage, stage * 4)
        engine.commit(stage, stage * 4)
    pq.write_table(pa.table({"claim_id": [*truth], "incident_id": [*truth.values()]}), folder / "truth.parquet")


def one(folder: Path, draws: int) -> dict[str, float]:
    """Link one heap on disk, in this process."""
    engine = DuckDBEngine(folder / "tables", {stage: stage * 4 for stage in BEFORE})
    engine.begin("link")
    began = time.process_time()
    link_incidents(engine, Settings(partition_draws=draws), SILENT)
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    truth = dict(zip(*pq.read_table(folder / "truth.parquet").to_pydict().values(), strict=True))
    found = {
        c: i
        for i, cs in zip(*engine.read(INCIDENTS, ["incident_id", "claims"]).to_pydict().values(), strict=True)
        for c in cs
    }
    figures = {
        "documents": engine.count(DOCUMENTS),
        "claims": engine.count(CLAIMS),
        "CPU s": round(seconds, 1),
        "peak MB": round(peak),
        "pairs written": engine.count(PAIRS),
        "B3": round(b3(truth, found), 4),
    }
    if "large" in truth.values():
        figures |= well_covered(truth, found, engine, draws)
    engine.abandon()
    return figures


def well_covered(truth: dict[str, str], found: dict[str, str], engine: DuckDBEngine, draws: int) -> dict[str, float]:
    """How whole and how pure the large event is, and whether what is drawn together is one as often as it is drawn."""
    of_it = collections.Counter(found[c] for c, t in truth.items() if t == "large")
    incident, most = of_it.most_common(1)[0]
    ids = {c: k for k, c in enumerate(sorted(truth))}
    true = np.array([truth[c] for c in ids])
    pairs = np.random.default_rng(7).integers(len(ids), size=(RANDOM_PAIRS, 2))
    a, b = pairs[pairs[:, 0] != pairs[:, 1]].T
    drawn = engine.read(PARTITIONS)
    number = pc.index_in(drawn["claim_id"], pa.array(ids)).to_numpy()
    cluster = drawn["cluster"].dictionary_encode().combine_chunks().indices.to_numpy()
    edges = np.searchsorted(drawn["draw"].to_numpy(), np.arange(draws + 1))
    together = np.zeros(len(a))
    for first, last in itertools.pairwise(edges.tolist()):
        label = np.empty(len(ids), dtype=np.int64)
        label[number[first:last]] = cluster[first:last]
        together += label[a] == label[b]
    return {
        "of it in one": round(most / of_it.total(), 4),
        "of this its own": round(most / sum(i == incident for i in found.values()), 4),
        "drawn ECE": round(ece(list(zip((together / draws).tolist(), (true[a] == true[b]).tolist(), strict=True))), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--claims", default="10000,30000,100000")
    size.add_argument("--reports")
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    a = parser.parse_args()
    kind, sizes = ("--reports", a.reports) if a.reports else ("--claims", a.claims)
    if a.make:
        on_disk(a.folder, int(sizes), event_heaps.heap if a.reports else heap)
        return
    if a.one:
        print(json.dumps(one(a.folder, a.draws)))
        return
    rows = []
    with kept(a.folder) as folder:
        for n in sizes.split(","):
            command = [sys.executable, __file__, "--folder", str(folder / f"{kind[2:]}-{n}")]
            subprocess.run([*command, "--make", kind, n], check=True)
            done = subprocess.run(
                [*command, "--one", "--draws", str(a.draws)], stdout=subprocess.PIPE, text=True, check=True
            )
            rows.append(json.loads(done.stdout))
            if not a.json:
                print("  ".join(f"{k} {v:,}" for k, v in rows[-1].items()), flush=True)
    first, last = rows[0], rows[-1]
    exponent = (
        math.log(last["CPU s"] / first["CPU s"]) / math.log(last["claims"] / first["claims"]) if len(rows) > 1 else 1.0
    )
    told = {k: v for k, v in last.items() if k != "pairs written" and (a.reports or k in SAID)}
    print(json.dumps({"exponent": round(exponent, 3), **{f"largest, {k}": v for k, v in told.items()}}, indent=1))


if __name__ == "__main__":
    main()

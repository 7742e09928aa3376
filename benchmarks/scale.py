"""What size costs: near-duplicates among a million articles, and how the cost of trace grows with a heap.

usage: scale.py [near] [--articles N] [--sample M] [--json]
       scale.py growth [--sizes N N ...] [--folder DIR] [--json]
       scale.py same|outlet|early|ring [--documents N] [--folder DIR] [--json]

near     N synthetic articles of 400 words, made on the fly and the same in every run; every tenth repeats an earlier
         one with a word in twenty changed. Time to find who meets whom (`leadline.trace.near`) beside datasketch on the
         first M of them in the same run, with the same shingles, permutations and bands; generation is not counted.
         Two worker processes; `free cores` counts processor time, so that the machine's other load does not show.
growth   `trace` over heaps of the lineage benchmark put together, each with its own names; processor seconds, peak
         memory, B3 over claims, and the exponent of cost (1 is linear) from a fit over the sizes
same     a heap of one document N times, through `trace`
outlet   a heap of the lineage benchmark in which one outlet has published everything
early    the same with all dates mirrored: what was taken is dated before what it was taken from
ring     N outlets that have one report from each other, the last one from the first

Heaps are made first and not counted; those in --folder stay there for the next run.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime as dt
import importlib.util
import json
import math
import multiprocessing
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from leadline.schema import Claim, Document, Hop, Published
from leadline.trace import near

if TYPE_CHECKING:
    from lineage_world import World

WORDS, VOCABULARY, BLOCK, EVERY = 400, 50_000, 1000, 10
CHANGED = 0.05
WORKERS = 2
ODD = ("same", "outlet", "early", "ring")


def vocabulary() -> list[str]:
    """Invented words of two to ten letters."""
    rng = np.random.default_rng(1)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    return ["".join(rng.choice(letters, rng.integers(2, 11))) for _ in range(VOCABULARY)]


def block(k: int, words: list[str]) -> list[str]:
    """The articles of one block; every tenth is made from the one five before it."""
    rng = np.random.default_rng(1000 + k)
    weight = np.cumsum(1.0 / np.arange(1, VOCABULARY + 1))  # Zipf's law
    drawn = np.searchsorted(weight, rng.random((BLOCK, WORDS)) * weight[-1])
    copies = np.arange(EVERY - 1, BLOCK, EVERY)
    drawn[copies] = np.where(rng.random((len(copies), WORDS)) < CHANGED, drawn[copies], drawn[copies - EVERY // 2])
    return [" ".join([words[i] for i in row]) for row in drawn.tolist()]


def digest_blocks(numbers: list[int]) -> tuple[list[int], np.ndarray, float, float, int]:
    """Digests of some blocks, with the processor and wall seconds of that alone, and the peak of memory in kB."""
    words = vocabulary()
    near.digests(block(0, words)[:10])  # tables and threads
    made, cpu, wall = [], 0.0, 0.0
    for k in numbers:
        texts = block(k, words)
        c, w = time.process_time(), time.perf_counter()
        made.append(near.digests(texts))
        cpu, wall = cpu + time.process_time() - c, wall + time.perf_counter() - w
    return numbers, np.concatenate(made), cpu, wall, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def near_duplicates(articles: int, sample: int) -> dict[str, float]:
    """The figures of `near`."""
    blocks = math.ceil(articles / BLOCK)
    n = blocks * BLOCK
    rows = np.empty((n, near.N_PERMUTATIONS), np.uint32)
    cpu, walls, peak = 0.0, [], 0
    chunks = [list(range(k, min(blocks, k + 25))) for k in range(0, blocks, 25)]
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        for numbers, digests, c, w, kb in pool.imap_unordered(digest_blocks, chunks):
            rows[numbers[0] * BLOCK : (numbers[-1] + 1) * BLOCK] = digests
            cpu, peak = cpu + c, max(peak, kb)
            walls.append(w)
    c, w = time.process_time(), time.perf_counter()
    pairs = near.meeting(near.bands(rows))
    pairs = pairs[near.agreement(rows, pairs) >= 0.5]
    meeting_cpu, meeting_wall = time.process_time() - c, time.perf_counter() - w
    planted = {(k - EVERY // 2, k) for k in range(EVERY - 1, n, EVERY)}
    found = {(int(i), int(j)) for i, j in pairs}
    theirs, recall = datasketch(sample)
    ours, both = n / (cpu + meeting_cpu), n / (cpu / WORKERS + meeting_cpu)
    return {
        "articles": n,
        "articles a processor second": ours,
        "articles a second on two free cores": both,
        "articles a second here, wall": n / (sum(walls) / WORKERS + meeting_wall),
        "datasketch, articles a processor second": theirs,
        "times datasketch, one core each": ours / theirs,
        "times datasketch, two free cores": both / theirs,
        "peak GB, all processes": (peak * WORKERS + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024**2,
        "planted copies found": len(planted & found) / len(planted),
        "planted copies found by datasketch": recall,
        "found pairs that are no copies": len(found - planted),
    }


def datasketch(sample: int) -> tuple[float, float]:
    """Articles a processor second and share of planted copies found, at the same shingles, permutations and bands."""
    from datasketch import MinHash, MinHashLSH

    words = vocabulary()
    lsh = MinHashLSH(num_perm=near.N_PERMUTATIONS, params=(near.N_BANDS, near.N_PERMUTATIONS // near.N_BANDS))
    cpu, found, i = 0.0, 0, 0
    for k in range(math.ceil(sample / BLOCK)):
        texts = block(k, words)
        c = time.process_time()
        for text in texts:
            said = text.lower().split()
            shingles = {" ".join(said[j : j + near.SHINGLE]).encode() for j in range(len(said) - near.SHINGLE + 1)}
            m = MinHash(num_perm=near.N_PERMUTATIONS)
            m.update_batch(shingles)
            found += i % EVERY == EVERY - 1 and i - EVERY // 2 in lsh.query(m)
            lsh.insert(i, m)
            i += 1
        cpu += time.process_time() - c
    return i / cpu, found / (i // EVERY)


# -- growth -------------------------------------------------------------------------------------------------------------


def heap_on_disk(folder: Path, n: int, kind: str) -> None:
    """Write a heap as tables that trace can read, and the true origins; one that is there is left as it is."""
    from lineage_world import register_toml

    from leadline.engine.duckdb import DuckDBEngine
    from leadline.schema import ATTRIBUTIONS, CLAIMS, DOCUMENTS

    if (folder / "truth.parquet").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "register.toml").write_text(register_toml(), encoding="utf-8")
    gold: list[tuple[str, str]] = []
    engine = DuckDBEngine(folder / "tables", {})
    told = folder / "claims"  # two stages cannot be written at once: claims wait as records
    engine.begin("ingest")
    with told.open("wb") as waiting, engine.writer(DOCUMENTS) as out:
        for heap in odd(kind, n):
            out.write(heap.documents)
            for c in heap.claims:
                pickle.dump(c, waiting)
            gold += sorted(heap.origin_of.items())
    commit(engine, "ingest")
    engine.begin("extract")
    with told.open("rb") as waiting:
        engine.write(CLAIMS, unpickled(waiting))
    engine.write(ATTRIBUTIONS, ())
    commit(engine, "extract")
    told.unlink()
    pq.write_table(
        pa.table({"claim_id": [c for c, _ in gold], "origin_id": [o for _, o in gold]}), folder / "truth.parquet"
    )


def unpickled(file: BinaryIO) -> Iterator[Any]:
    """What was pickled into a file, one after the other."""
    while file.peek(1):  # type: ignore[attr-defined]
        yield pickle.load(file)


def commit(engine: Any, stage: str) -> None:
    """Seal and commit a stage under a name of its own."""
    engine.seal(stage, stage * 4)
    engine.commit(stage, stage * 4)


def traced(folder: Path) -> dict[str, float]:
    """Trace over one heap on disk, in this process: seconds, peak memory, and how well the origins were found."""
    from lineage import b3, f1

    from leadline.engine.duckdb import DuckDBEngine
    from leadline.progress import SILENT
    from leadline.schema import CLAIM_ORIGINS, CLAIMS, DOCUMENTS, ORIGINS, RELATIONS
    from leadline.settings import Settings
    from leadline.trace import trace_origins

    settings = Settings(registers=(f"{folder}/register.toml",), shipped_register=False)
    engine = DuckDBEngine(folder / "tables", {stage: stage * 4 for stage in ("ingest", "extract")}, batch_size=256)
    engine.begin("trace")
    began, wall = time.process_time(), time.perf_counter()
    trace_origins(engine, settings, SILENT)
    seconds, wall = time.process_time() - began, time.perf_counter() - wall
    size = engine.count(DOCUMENTS)
    figures = {
        "documents": size,
        "claims": engine.count(CLAIMS),
        "processor seconds": seconds,
        "wall seconds": wall,
        "ms a document": 1000 * seconds / size,
        "peak GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
        "relations": engine.count(RELATIONS),
        "origins": engine.count(ORIGINS),
    }
    gold = pq.read_table(folder / "truth.parquet").to_pydict()
    found = engine.read(CLAIM_ORIGINS, ["claim_id", "origin_id"]).to_pydict()
    of = dict(zip(found["claim_id"], found["origin_id"], strict=True))
    figures["B3"] = f1(list(b3(dict(zip(*gold.values(), strict=True)), of).values()))
    engine.abandon()
    return figures


def odd(kind: str, n: int) -> Iterator[World]:
    """Heaps as no newsroom makes them, of about `n` documents together."""
    from lineage_world import World, many_heaps

    if kind == "growth":
        yield from many_heaps(n)
    elif kind == "same":
        heap = next(many_heaps(1))
        first = heap.documents[0]
        told = [c for c in heap.claims if c.document == first.document]
        for k in range(n):
            d = f"d{k:07d}"
            yield World(
                [msgspec.structs.replace(first, document=d, publisher=f"Outlet {k % 1000}")],
                [msgspec.structs.replace(c, document=d, claim_id=f"{d}-{j}") for j, c in enumerate(told)],
                {f"{d}-{j}": heap.origin_of[c.claim_id] for j, c in enumerate(told)},
            )
    elif kind == "ring":
        yield from (cited(k, n) for k in range(n))
    else:
        for heap in many_heaps(n):
            made = [
                msgspec.structs.replace(d, publisher="Harbour Times") if kind == "outlet" else backwards(d)
                for d in heap.documents
            ]
            yield dataclasses.replace(heap, documents=made)


def backwards(d: Document) -> Document:
    """The document with its date mirrored: what was taken is now dated before what it was taken from."""
    if d.published is None:
        return d
    day = (dt.date(2032, 1, 1) - (dt.date.fromisoformat(d.published.end) - dt.date(2032, 1, 1))).isoformat()
    return msgspec.structs.replace(d, published=msgspec.structs.replace(d.published, start=day, end=day))


def cited(k: int, n: int) -> World:
    """A report that has all of it from the next outlet, the last one from the first."""
    from lineage_world import World

    d, source = f"d{k:07d}", f"Courier {(k + 1) % n}"
    quote = f"Guards of the 77th Regiment fired on nine men who left the mill at Ostrel, the {source} reports."
    hop = Hop(name=source, canonical=source, cue="reports", start=None, end=None)
    claim = Claim(
        claim_id=f"{d}-0", document=d, start=0, end=len(quote), quote=quote, event="order-to-fire", realis="actual",
        medium="not-stated", verification="not-stated", chain=(hop,), unit="77th regiment",
    )  # fmt: skip
    text = f"{quote} Rain fell on the town of the Courier {k} for {k % 97} days."
    on = Published(start="2031-03-09", end="2031-03-09", basis="given", evidence="made")
    document = Document(
        document=d, sha256=d, text=text, publisher=f"Courier {k}", series=f"Courier {k}", language="en", published=on
    )
    return World([document], [claim], {claim.claim_id: "nobody"})


def in_a_process(n: int, folder: Path, kind: str) -> dict[str, float]:
    """`traced` in a process of its own, so that each size has its own peak of memory; making the heap is not counted."""
    found = ""
    for what in ("--make", "--one"):
        command = [sys.executable, __file__, kind, what, str(n), "--folder", str(folder / f"{kind}-{n}")]
        found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(found)


@contextlib.contextmanager
def kept(folder: Path | None) -> Iterator[Path]:
    """The folder for heaps: the one named, whose heaps stay for the next run, else one that goes with this run."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def exponent(rows: list[dict[str, float]]) -> float:
    """Slope of log cost over log size."""
    size, cost = (np.log([r[k] for r in rows]) for k in ("documents", "processor seconds"))
    return float(np.polyfit(size, cost, 1)[0])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="near", choices=["near", "growth", *ODD])
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=5000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 3000, 10_000])
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--make", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    a = parser.parse_args()
    if a.make:
        heap_on_disk(a.folder, a.make, a.what)
        return 0
    if a.one:
        print(json.dumps(traced(a.folder)))
        return 0
    if a.what == "near" and importlib.util.find_spec("datasketch") is None:
        print("datasketch is not installed (`pip install -e .[dev]`)", file=sys.stderr)
        return 77
    if a.what == "near":
        figures = near_duplicates(a.articles, a.sample)
    elif a.what in ODD:
        with kept(a.folder) as folder:
            figures = in_a_process(a.documents, folder, a.what)
    else:
        with kept(a.folder) as folder:
            rows = []
            for n in a.sizes:
                rows.append(in_a_process(n, folder, "growth"))
                print("  ".join(f"{k} {v:,.4g}" for k, v in rows[-1].items()), file=sys.stderr, flush=True)
        figures = {f"{k}, {int(r['documents'])}": v for r in rows for k, v in r.items() if k != "documents"}
        figures["exponent of cost"] = exponent(rows)
    if a.json:
        print(json.dumps(figures, indent=1))
    else:
        for name, value in figures.items():
            print(f"{name:44} {value:14,.4g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What size costs: near-duplicates among a million articles, and how the cost of trace grows with a heap.

usage: scale.py [near] [--articles N] [--sample M] [--json]
       scale.py growth [--sizes N N ...] [--folder DIR] [--json]
       scale.py same [--documents N] [--folder DIR] [--json]

near     N synthetic articles of 400 words, made on the fly and the same in every run; every tenth repeats an earlier
         one with a word in twenty changed. Time to find who meets whom (`leadline.trace.near`) beside datasketch on the
         first M of them in the same run, with the same shingles, permutations and bands; generation is not counted.
         Two worker processes; `free cores` counts processor time, so that the machine's other load does not show.
growth   `trace` over heaps of the lineage benchmark put together, each with its own names; processor seconds, peak
         memory, B3 over claims, and the exponent of cost (1 is linear) from a fit over the sizes
same     a heap of one document N times, through `trace`

Heaps are made first and not counted; those in --folder stay there for the next run.
"""

from __future__ import annotations

import argparse
import contextlib
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
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from leadline.trace import near

WORDS, VOCABULARY, BLOCK, EVERY = 400, 50_000, 1000, 10
CHANGED = 0.05
WORKERS = 2


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


def heap_on_disk(folder: Path, n: int, *, same: bool) -> None:
    """Write a heap as tables that trace can read, and the true origins; one that is there is left as it is."""
    from lineage_world import many_heaps, register_toml

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
        for heap in many_heaps(1 if same else n):
            documents, claims = repeated(heap, n) if same else (iter(heap.documents), iter(heap.claims))
            out.write(documents)
            for c in claims:
                pickle.dump(c, waiting)
            gold += () if same else sorted(heap.origin_of.items())
            if same:
                break
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


def traced(folder: Path, *, same: bool) -> dict[str, float]:
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
    if not same:
        gold = pq.read_table(folder / "truth.parquet").to_pydict()
        found = engine.read(CLAIM_ORIGINS, ["claim_id", "origin_id"]).to_pydict()
        of = dict(zip(found["claim_id"], found["origin_id"], strict=True))
        figures["B3"] = f1(list(b3(dict(zip(*gold.values(), strict=True)), of).values()))
    engine.abandon()
    return figures


def repeated(world: object, n: int) -> tuple[Iterator[object], Iterator[object]]:
    """One document of a world `n` times, each copy with its claims, made as they are written."""
    import msgspec

    first = world.documents[0]  # type: ignore[attr-defined]
    told = [c for c in world.claims if c.document == first.document]  # type: ignore[attr-defined]
    names = [f"d{k:07d}" for k in range(n)]
    return (msgspec.structs.replace(first, document=d, publisher=f"Outlet {k % 1000}") for k, d in enumerate(names)), (
        msgspec.structs.replace(c, document=d, claim_id=f"{d}-{j}") for d in names for j, c in enumerate(told)
    )


def in_a_process(n: int, folder: Path, *, same: bool) -> dict[str, float]:
    """`traced` in a process of its own, so that each size has its own peak of memory; making the heap is not counted."""
    kind = "same" if same else "growth"
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
    parser.add_argument("what", nargs="?", default="near", choices=["near", "growth", "same"])
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
        heap_on_disk(a.folder, a.make, same=a.what == "same")
        return 0
    if a.one:
        print(json.dumps(traced(a.folder, same=a.what == "same")))
        return 0
    if a.what == "near" and importlib.util.find_spec("datasketch") is None:
        print("datasketch is not installed (`pip install -e .[dev]`)", file=sys.stderr)
        return 77
    if a.what == "near":
        figures = near_duplicates(a.articles, a.sample)
    elif a.what == "same":
        with kept(a.folder) as folder:
            figures = in_a_process(a.documents, folder, same=True)
    else:
        with kept(a.folder) as folder:
            rows = []
            for n in a.sizes:
                rows.append(in_a_process(n, folder, same=False))
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

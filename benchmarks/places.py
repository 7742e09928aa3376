"""Place names on LGL and GeoVirus: found, placed, both together; what opening the gazetteer costs.

usage: places.py [--shared DIR] [--entities no] [--json]

Prepares the corpora with `eval/prepare.py` and scores with `eval/score.py` of the shared folder. Two separate figures:
*gold names* resolves names whose offsets are given; *end to end* finds them too. LGL marks peoples and adjectives
("Russian") as places, GeoVirus does not: end to end is printed with and without them. The weights were learned from
these same corpora; `scripts/fit_places.py` prints what they reach on documents not learned from.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import msgspec

from leadline.extract.parse import parse_documents
from leadline.schema import Document

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = 77


def score(shared: Path, predicted: list[dict], gold: Path, folder: Path) -> dict[str, float]:
    path = folder / "predicted.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in predicted), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, shared / "eval" / "score.py", "places", path, gold], capture_output=True, text=True, check=True
    )
    number = r"([\d.]+)"
    spans = re.search(rf"spans\s+P {number} R {number} F1 {number}", done.stdout)
    within = re.search(rf"all gold names {number}; of those found {number}; median {number}", done.stdout)
    whole = re.search(rf"at 161 km P {number} R {number} F1 {number}", done.stdout)
    if not (spans and within and whole):
        sys.exit(done.stdout)
    return {
        "spans_f1": float(spans[3]), "within": float(within[1]), "median_km": float(within[3]),
        "precision": float(whole[1]), "recall": float(whole[2]), "f1": float(whole[3]),
    }  # fmt: skip


def rows(name: str, readings, *, demonyms: bool = True) -> list[dict]:
    return [
        {"document": name, "start": r.start, "end": r.end, "lat": r.lat, "lon": r.lon}
        for r in readings
        if r.role != "person" and (demonyms or r.role != "demonym")
    ]


def lines(path: Path):
    with path.open(encoding="utf-8") as f:
        yield from map(json.loads, f)


def cost() -> dict[str, float]:
    """Seconds and megabytes that opening the gazetteer takes in a process of its own."""
    code = (
        "import time, psutil, pyarrow.ipc, numpy, msgspec\n"
        "p = psutil.Process(); m = p.memory_info().rss; t = time.perf_counter()\n"
        "from leadline.extract.places.gazetteer import Gazetteer\n"
        "g = Gazetteer.load(); g.lookup('Springfield'); g.lookup('Rozsypne')\n"
        "print(time.perf_counter() - t, (p.memory_info().rss - m) / 1e6)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    seconds, megabytes = map(float, done.stdout.split())
    return {"load_s": seconds, "load_mb": megabytes}


def main() -> int:
    from leadline.extract.places import Gazetteer, find_places, read_spans

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--entities", choices=["yes", "no"], default="yes", help="read the model's entities")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    corpora = args.shared / "corpora" / "geo"
    if not corpora.exists():
        print(f"{corpora} is not there", file=sys.stderr)
        return SKIPPED
    figures: dict[str, float] = cost()
    gazetteer = Gazetteer.load()
    with tempfile.TemporaryDirectory() as tmp:
        for corpus in ("lgl", "GeoVirus"):
            folder = Path(tmp) / corpus
            subprocess.run(
                [sys.executable, args.shared / "eval" / "prepare.py", "geo", corpora / f"{corpus}.xml", folder],
                check=True, capture_output=True,
            )  # fmt: skip
            given = defaultdict(list)
            for g in lines(folder / "gold.jsonl"):
                given[g["document"]].append((g["start"], g["end"]))
            found: dict[str, list[dict]] = {"gold": [], "whole": [], "without_peoples": []}
            for d in lines(folder / "documents.jsonl"):
                document = msgspec.convert({**d, "sha256": "", "series": d["document"], "published": None}, Document)
                (parsed,) = parse_documents([document], entities=args.entities == "yes")
                readings = find_places(parsed.doc, gazetteer)
                found["whole"] += rows(document.document, readings)
                found["without_peoples"] += rows(document.document, readings, demonyms=False)
                found["gold"] += rows(
                    document.document, read_spans(parsed.doc, gazetteer, tuple(given[document.document]))
                )
            for kind, predicted in found.items():
                for name, value in score(args.shared, predicted, folder / "gold.jsonl", folder).items():
                    figures[f"{corpus}_{kind}_{name}"] = value
    if args.json:
        print(json.dumps(figures))
        return 0
    print(
        f"{'':10}{'gold names':>12}{'median km':>11}   end to end: spans F1, precision, recall, F1; F1 without peoples"
    )
    for corpus in ("lgl", "GeoVirus"):
        f = {k.removeprefix(corpus + "_"): v for k, v in figures.items() if k.startswith(corpus)}
        print(
            f"{corpus:10}{f['gold_within']:12.3f}{f['gold_median_km']:11.1f}   {f['whole_spans_f1']:22.3f}{f['whole_precision']:11.3f}"
            f"{f['whole_recall']:8.3f}{f['whole_f1']:6.3f}{f['without_peoples_f1']:10.3f}"
        )
    print(f"the gazetteer opens in {figures['load_s']:.3f} s with {figures['load_mb']:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
